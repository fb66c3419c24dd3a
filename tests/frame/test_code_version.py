"""Two versions that serve at once never read each other's kept pages."""

from offenbach_wir.code_version import of_files


def made(folder, text):
    (folder / "templates").mkdir(parents=True)
    (folder / "templates" / "page.html").write_text(text)
    return folder


def test_version_changes_with_a_template(tmp_path):
    assert of_files(made(tmp_path / "a", "old")) != of_files(made(tmp_path / "b", "new"))


def test_the_same_files_are_the_same_version_wherever_they_lie(tmp_path):
    assert of_files(made(tmp_path / "a", "same")) == of_files(made(tmp_path / "b", "same"))
