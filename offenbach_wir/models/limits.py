"""Counted requests."""

from django.db import models


class Hits(models.Model):
    """Requests of one sender in one window of time; the sender is a keyed hash only."""

    key = models.CharField(max_length=64)
    window = models.BigIntegerField()
    n = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window"], name="hits_once_a_window")]

    def __str__(self):
        return f"{self.key}: {self.n}"
