"""What every piece of published, translated and searchable content has in common."""

from offenbach_wir.publishing import Publishable, PublishableQuerySet
from offenbach_wir.search import Searchable, SearchableQuerySet
from offenbach_wir.translated import TranslatedContent, TranslatedContentQuerySet


class ContentQuerySet(PublishableQuerySet, SearchableQuerySet, TranslatedContentQuerySet):
    pass


class Content(Publishable, Searchable, TranslatedContent):
    objects = ContentQuerySet.as_manager()

    class Meta(Publishable.Meta):
        abstract = True

    def all_texts(self, *names):
        """The named translated fields in every language, for the search index."""
        return [getattr(row, name) for row in self.translations.all() for name in names]
