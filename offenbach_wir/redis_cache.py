"""Redis as a cache that may be gone at any time: what it cannot say was never kept.

After trouble it is left alone for a moment, so that a dead Redis costs one short wait and not one
for each page. While it is away pages that staff has changed may come back with it for as long as
they are kept, a minute.
"""

import logging
import pickle
import time

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

LEFT_ALONE_SECONDS = 5
# What an older or newer version of the portal has kept, while both serve.
NOT_OURS = (pickle.UnpicklingError, AttributeError, ImportError)


class ForgivingRedisCache(RedisCache):
    _away_until = 0.0

    def _asked(self, otherwise, method, *args, **kwargs):
        if time.monotonic() < self._away_until:
            return otherwise
        try:
            return method(*args, **kwargs)
        except (RedisError, OSError, EOFError) as error:
            type(self)._away_until = time.monotonic() + LEFT_ALONE_SECONDS
            logger.warning("The cache is away: %s", type(error).__name__)
            return otherwise

    def get(self, key, default=None, version=None):
        try:
            return self._asked(default, super().get, key, default, version)
        except NOT_OURS:
            return default

    def set(self, *args, **kwargs):
        return self._asked(None, super().set, *args, **kwargs)

    def add(self, *args, **kwargs):
        return self._asked(False, super().add, *args, **kwargs)

    def delete(self, *args, **kwargs):
        return self._asked(False, super().delete, *args, **kwargs)

    def clear(self):
        """Only what the portal has kept: others may use the same Redis."""
        return self._asked(False, self._forget_own)

    def _forget_own(self):
        client = self._cache.get_client(write=True)
        own = client.scan_iter(match=self.make_key("*"), count=1000)
        for key in own:
            client.unlink(key)
        return True
