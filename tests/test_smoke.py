def test_home_answers(client, db):
    assert client.get("/de/").status_code == 200
