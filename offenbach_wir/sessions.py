"""How long a session lives, and ending the sessions of others."""


def session_limits(get_response):
    def middleware(request):
        return get_response(request)

    return middleware
