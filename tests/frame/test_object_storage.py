"""Files in an S3-compatible storage, played over HTTP: as good as files in a folder."""

import hashlib
import io
import socket
import zipfile

import boto3
import pytest
from django.apps import apps
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import FileField
from django.utils import timezone
from moto.moto_server.threaded_moto_server import ThreadedMotoServer

from offenbach_wir import file_storage
from offenbach_wir.backup import files
from offenbach_wir.deleting import delete_rows
from offenbach_wir.file_storage import StorageAwayError, StorageUrlError
from offenbach_wir.log_filter import without_secrets
from programs.models import EnclosureKind, Picture
from programs.tasks import make_picture_sizes
from projects.proposals import scheduled, stored_pdf, submission
from projects.proposals.models import Enclosure
from tests.factories import (
    make_account,
    make_enclosure,
    make_picture,
    make_whole_proposal,
    picture_bytes,
)
from tests.proposals.conftest import page_of, signed_in

BUCKET = "portal"


@pytest.fixture(scope="session")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield "{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture(scope="session")
def bucket(server):
    """The bucket as the storage itself shows it."""
    resource = boto3.resource(
        "s3",
        endpoint_url=f"http://{server}",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="eu-central-1",
    )
    yield resource.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    resource.meta.client.close()


@pytest.fixture
def use(settings, monkeypatch):
    """use(url) is what STORAGE_URL does at start, where the fields of models find their storage."""

    def switch(url):
        settings.STORAGES = settings.STORAGES | file_storage.backends(url)
        for model in apps.get_models():
            for field in model._meta.concrete_fields:
                own = isinstance(field, FileField) and field.storage is not default_storage
                if own:
                    monkeypatch.setattr(field, "storage", storages["private"])

    return switch


@pytest.fixture
def object_storage(use, server, bucket):
    """All files of the test lie in the bucket."""
    use(f"s3://key:secret@{server}/{BUCKET}/wir?region=eu-central-1&tls=off")
    yield bucket
    bucket.objects.delete()
    for alias in ("default", "private"):
        storages[alias].connection.meta.client.close()


@pytest.fixture
def dead_storage(use):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    use(f"s3://key:secret@127.0.0.1:{port}/{BUCKET}?tls=off")


def keys(bucket):
    return sorted(found.key for found in bucket.objects.all())


# --- The variable -------------------------------------------------------------------------------
def test_variable_says_everything():
    found = file_storage.options(
        "s3://AK%2FIA:se%40cret@s3.offenbach.de:9000/wir/portal?region=de1&addressing=virtual"
    )
    assert found == {
        "access_key": "AK/IA",
        "secret_key": "se@cret",
        "bucket_name": "wir",
        "endpoint_url": "https://s3.offenbach.de:9000",
        "region_name": "de1",
        "addressing_style": "virtual",
        "location": "portal",
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://key:geheim@s3.offenbach.de/wir",
        "s3://s3.offenbach.de/wir",
        "s3://key:geheim@s3.offenbach.de/",
        "s3://key:geheim@s3.offenbach.de:port/wir",
        "s3://key:geheim@s3.offenbach.de/wir?public=yes",
        "s3://key:geheim@s3.offenbach.de/wir?tls=off",
        "s3://key:geheim@s3.offenbach.de/wir?tls=maybe",
    ],
)
def test_variable_that_cannot_be_meant_is_refused_without_its_secret(url):
    with pytest.raises(StorageUrlError) as refusal:
        file_storage.options(url)
    assert "geheim" not in str(refusal.value)


# --- Behaves as a folder does -------------------------------------------------------------------
def test_file_is_read_as_it_was_written(object_storage):
    content = bytes(range(256)) * 4000
    name = storages["private"].save("enclosures/00/a.pdf", ContentFile(content))
    with storages["private"].open(name) as file:
        assert file.size == len(content)
        assert b"".join(file.chunks()) == content
        file.seek(-10, io.SEEK_END)
        assert file.read() == content[-10:]
        file.seek(300)
        assert file.read(5) == content[300:305]


def test_file_can_be_opened_again_after_it_was_closed(object_storage):
    name = storages["private"].save("a.pdf", ContentFile(b"%PDF-1.7"))
    file = storages["private"].open(name)
    file.read()
    file.close()
    assert file.open("rb").read() == b"%PDF-1.7"
    file.close()


def test_name_is_never_overwritten(object_storage):
    first = storages["default"].save("documents/a.pdf", ContentFile(b"1"))
    second = storages["default"].save("documents/a.pdf", ContentFile(b"2"))
    assert first != second
    with storages["default"].open(first) as file:
        assert file.read() == b"1"


def test_file_that_is_not_there_is_told_as_in_a_folder(object_storage):
    assert not storages["private"].exists("gone.pdf")
    with pytest.raises(FileNotFoundError):
        storages["private"].open("gone.pdf")
    storages["private"].delete("gone.pdf")


@pytest.mark.parametrize("name", ["../private/a.pdf", "a/../../private/a.pdf", "/../a"])
def test_no_name_leads_out_of_its_folder(object_storage, name):
    with pytest.raises(SuspiciousFileOperation):
        storages["default"].open(name)


def test_private_file_has_no_address(object_storage):
    name = storages["private"].save("a.pdf", ContentFile(b"1"))
    with pytest.raises(ValueError, match="not accessible"):
        storages["private"].url(name)


def test_nothing_in_the_bucket_is_open_to_the_world(object_storage, bucket):
    storages["default"].save("a.jpg", ContentFile(b"1"))
    storages["private"].save("a.pdf", ContentFile(b"1"))
    for found in bucket.objects.all():
        grantees = [grant["Grantee"] for grant in found.Acl().grants]
        assert [grantee["Type"] for grantee in grantees] == ["CanonicalUser"]


@pytest.mark.parametrize("ask", ["open", "exists", "delete", "size"])
def test_storage_that_is_away_is_an_error_of_input_and_output(dead_storage, ask):
    with pytest.raises(StorageAwayError):
        getattr(storages["private"], ask)("a.pdf")


def test_words_about_trouble_name_neither_key_nor_secret(dead_storage):
    with pytest.raises(StorageAwayError) as trouble:
        storages["private"].save("a.pdf", ContentFile(b"1"))
    assert "secret" not in str(trouble.value)


# --- Public files -------------------------------------------------------------------------------
def test_picture_goes_through_the_portal_and_may_be_kept(client, db, object_storage):
    picture = make_picture()
    assert picture.file.url.startswith("/media/pictures/")
    response = client.get(picture.file.url)
    content = response.getvalue()
    assert response.streaming
    assert content.startswith(b"\xff\xd8")
    assert response["Content-Length"] == str(len(content))
    assert response["Content-Type"] == "image/jpeg"
    assert "immutable" in response["Cache-Control"]


def test_sizes_of_a_picture_lie_beside_it_and_are_served(client, db, object_storage):
    picture = make_picture()
    make_picture_sizes.call(picture.pk)
    make_picture_sizes.call(picture.pk)
    picture = Picture.objects.get(pk=picture.pk)
    names = [name for kind in picture.sizes.values() for name in kind.values()]
    assert keys(object_storage) == sorted(f"wir/media/{n}" for n in [picture.file.name, *names])
    for _kind, srcset in picture.sources():
        response = client.get(srcset.split()[0])
        assert response.status_code == 200
        assert response.getvalue()


@pytest.mark.parametrize(
    "name",
    ["gone.jpg", "../private/a.pdf", "%2e%2e/private/a.pdf", "pictures", "x" * 3000, "%ff", "."],
)
def test_nothing_but_public_files_is_served(client, db, object_storage, name):
    storages["private"].save("a.pdf", ContentFile(b"geheim"))
    assert client.get(f"/media/{name}").status_code == 404


def test_storage_that_is_away_is_a_pause_and_no_missing_page(client, db, dead_storage):
    response = client.get("/media/pictures/a.jpg")
    assert response.status_code == 503
    assert response["Retry-After"]


# --- Private files ------------------------------------------------------------------------------
@pytest.fixture
def proposal(db, object_storage):
    return make_whole_proposal()


def enclose(client, proposal, content=None):
    kind = EnclosureKind.objects.filter(belongs_to_organisation=False).first()
    file = SimpleUploadedFile("Zeitplan.png", content or picture_bytes(kind="PNG"))
    return client.post(page_of(proposal, "anlagen/"), {"kind": kind.pk, "files": [file]})


@pytest.fixture
def owner(proposal):
    return signed_in(proposal.applicant.owner)


def latest(proposal):
    return Enclosure.objects.filter(proposal=proposal).latest("pk")


def test_enclosure_lies_in_the_private_folder_only(owner, proposal, object_storage):
    before = keys(object_storage)
    enclose(owner, proposal)
    new = set(keys(object_storage)) - set(before)
    assert new == {f"wir/private/{latest(proposal).file.name}"}


def test_enclosure_is_handed_to_its_owner_and_to_nobody_else(client, owner, proposal):
    enclose(owner, proposal)
    address = page_of(proposal, f"anlagen/{latest(proposal).key}/")
    response = owner.get(address)
    assert response.streaming
    assert response.getvalue().startswith(b"\x89PNG")
    assert "no-store" in response["Cache-Control"]
    assert signed_in(make_account()).get(address).status_code == 404
    assert client.get(f"/media/{latest(proposal).file.name}").status_code == 404


def test_whole_proposal_comes_as_a_zip(owner, proposal):
    enclose(owner, proposal)
    response = owner.get(page_of(proposal, "alles.zip"))
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        assert archive.testzip() is None
        assert [name for name in archive.namelist() if name.endswith("Zeitplan.png")]


def test_pdf_of_what_was_handed_in_is_kept_and_handed_out(owner, proposal, object_storage):
    version = submission.hand_in(proposal, user=proposal.applicant.owner)
    assert stored_pdf.make(version)
    assert f"wir/private/{version.pdf.name}" in keys(object_storage)
    response = owner.get(page_of(proposal, "quittung/antrag.pdf"))
    assert response.getvalue().startswith(b"%PDF")
    stored_pdf.forget(version)
    assert not [key for key in keys(object_storage) if key.endswith(".pdf")]


def test_file_that_was_not_scanned_is_scanned_where_it_lies(proposal, object_storage, settings):
    row = make_enclosure(proposal, scan="failed")
    settings.CLAMAV_ADDRESS = ""
    scheduled.scan_files_again(timezone.now())
    row.refresh_from_db()
    assert row.scan == "not_configured"


def test_deleted_draft_takes_its_files_along(
    proposal, object_storage, django_capture_on_commit_callbacks
):
    row = make_enclosure(proposal)
    assert f"wir/private/{row.file.name}" in keys(object_storage)
    with django_capture_on_commit_callbacks(execute=True):
        delete_rows(Enclosure, [row.pk])
    assert f"wir/private/{row.file.name}" not in keys(object_storage)


def test_file_that_cannot_be_deleted_just_now_is_named_to_operators_and_spares_no_other(
    proposal, dead_storage, django_capture_on_commit_callbacks, caplog
):
    rows = [
        Enclosure.objects.create(
            proposal=proposal,
            kind=EnclosureKind.objects.filter(belongs_to_organisation=False).first(),
            file=f"enclosures/00/{n}{'a' * 31}.png",
            name="Pass von Mina.png",
            extension="png",
            content_type="image/png",
            size=1,
            sha256="0" * 64,
            scan="clean",
        )
        for n in (1, 2)
    ]
    with django_capture_on_commit_callbacks(execute=True):
        delete_rows(Enclosure, [row.pk for row in rows])
    written = without_secrets(caplog.text)
    assert f"File 1{'a' * 31}.png in enclosures/00 was not deleted" in written
    assert f"File 2{'a' * 31}.png in enclosures/00 was not deleted" in written
    assert "Mina" not in written


def test_backup_finds_the_files_and_puts_them_back(object_storage):
    content = b"%PDF-1.7 content"
    public = storages["default"].save("documents/a.pdf", ContentFile(content))
    private = storages["private"].save("enclosures/00/b.pdf", ContentFile(content))
    assert set(files.stored()) == {("default", public), ("private", private)}
    storages["private"].delete(private)
    said = {"sha256": hashlib.sha256(content).hexdigest()}
    files.put("private", private, io.BytesIO(content), said)
    files.put("private", private, io.BytesIO(content), said)
    assert keys(object_storage) == [f"wir/media/{public}", f"wir/private/{private}"]


def test_dead_storage_takes_no_file_and_says_so(db, dead_storage):
    proposal = make_whole_proposal()
    before = Enclosure.objects.count()
    page = enclose(signed_in(proposal.applicant.owner), proposal)
    assert page.status_code == 422
    assert Enclosure.objects.count() == before
