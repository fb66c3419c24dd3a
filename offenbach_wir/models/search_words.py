"""The words that stand in searchable texts."""

from django.db import models


class SearchWord(models.Model):
    """A folded word that stands in some searchable text; typing errors are mended with them."""

    word = models.CharField(max_length=80, primary_key=True)

    def __str__(self):
        return self.word
