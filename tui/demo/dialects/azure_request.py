"""Reads requests at Azure's URLs: the deployment, which is a model's name, stands in the path or in the body."""

import re
from collections.abc import Callable
from dataclasses import replace

from tui.demo.catalogue import is_known
from tui.demo.dialects.azure_wire import AzureWriter
from tui.demo.exchange import BadRequestError, Exchange, Incoming

_API_VERSION = re.compile(r"\d{4}-\d\d-\d\d(-preview)?")


def azure_reader(read: Callable[[Incoming], Exchange], needs_version: bool) -> Callable[[Incoming], Exchange]:
    """A reader for an OpenAI dialect behind Azure. `needs_version` is for the dated API, where `api-version` counts."""

    def read_azure_request(incoming: Incoming) -> Exchange:
        version = incoming.query.get("api-version", "")
        if needs_version and not _API_VERSION.fullmatch(version):
            raise BadRequestError("Resource not found", status=404)
        deployment = incoming.path.get("deployment") or incoming.body.get("model")
        if isinstance(deployment, str) and deployment and not is_known(deployment):
            raise BadRequestError(
                "The API deployment for this resource does not exist. If you created the deployment within the last 5 "
                "minutes, please wait a moment and try again.",
                code="DeploymentNotFound",
                status=404,
            )
        exchange = read(replace(incoming, body=incoming.body | {"model": deployment}))
        return replace(exchange, writer=AzureWriter(exchange.writer, exchange.question))

    return read_azure_request
