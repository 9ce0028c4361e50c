"""`linksync verify-signature`: which part of a captured request is wrong."""

from pathlib import Path
from typing import Annotated

import typer

from linksync_cli.command import Run, command


@command(writes=False)
def verify_signature(
    run: Run,
    body_file: Annotated[Path, typer.Argument(metavar="BODY_FILE", help="The captured body, byte by byte.")],
    secret_file: Annotated[Path, typer.Option(help="Holds the signing secret; - reads it from standard input.")],
    signature: Annotated[str, typer.Option(help="The value of X-Zendesk-Webhook-Signature or X-Hub-Signature.")],
    timestamp: Annotated[
        str | None, typer.Option(help="Zendesk's X-Zendesk-Webhook-Signature-Timestamp; Jira signs none.")
    ] = None,
) -> None:
    """Say which part of a captured request is wrong: secret, timestamp, body or signature.

    It looks at the files alone, and asks no one.
    """
    from linksync_cli.captured_request import check_signature, read

    found = check_signature(
        body=read(body_file), secret=read(secret_file), signature=signature.strip(), timestamp=(timestamp or "").strip()
    )
    screen = run.screen
    sign = screen.sign("ok" if found.valid else "failed")
    run.end(
        {"valid": found.valid, "why": found.why},
        sign.append(f" {found.why}", style="default"),
        findings=not found.valid,
    )
