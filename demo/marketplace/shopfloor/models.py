"""What the shop remembers about a listing beside Oscar's own tables."""

from django.db import models


class Shelf(models.Model):  # type: ignore[misc]
    """One listing's place in the shop: when it was first shown, how often opened, when taken off and why."""

    sku = models.CharField(max_length=32, unique=True)
    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, related_name="shelf")
    first_shown = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)
    offline_at = models.DateTimeField(null=True)
    offline_reason = models.CharField(max_length=64, blank=True)
