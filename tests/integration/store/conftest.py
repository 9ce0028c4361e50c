"""The template's own tables and queues, on moto."""

from tests.integration.store.tables import aws, dynamodb, resources

__all__ = ["aws", "dynamodb", "resources"]
