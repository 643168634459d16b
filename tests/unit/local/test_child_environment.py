from local.child_environment import child_environment


def test_a_child_inherits_none_of_the_users_aws_settings():
    user = {
        "PATH": "/bin",
        "AWS_PROFILE": "prod",
        "AWS_SESSION_TOKEN": "t",
        "AWS_ACCESS_KEY_ID": "AKIAREAL",
        "PUBLIC_URL": "https://real.example",
        "TIKTOK_CLIENT_SECRET": "s",
        "PYTHONPATH": "/x",
    }

    env = child_environment(user)

    assert env["PATH"] == "/bin"
    assert env["AWS_ACCESS_KEY_ID"] == "test"
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN", "PUBLIC_URL", "TIKTOK_CLIENT_SECRET", "PYTHONPATH"} & env.keys()


def test_loopback_is_never_called_through_a_proxy():
    env = child_environment({"HTTPS_PROXY": "http://p:3128", "no_proxy": "corp.example"})

    assert env["HTTPS_PROXY"] == "http://p:3128"
    assert env["NO_PROXY"] == "corp.example,127.0.0.1,localhost"
