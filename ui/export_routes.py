"""The download of an export: a signed address, sent in parts on request, so that a download that broke off goes on."""

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from domain.errors import AccessError, NotFoundError
from services.tokens import ExportTicket
from ui.runtime import services
from ui.web_pages import message_page


def export_address(job_id: str, file: str) -> str:
    """Return the address under which a file of an export is fetched; it works without a cookie, for download tools."""
    return f"/exports/{services().tokens.export(ExportTicket(job_id, file))}/{file}"


def download_export(request: Request) -> Response:
    """Send a file of an export, whole or the range asked for."""
    try:
        ticket = services().tokens.read_export(request.path_params["token"])
        path = services().export_jobs.path(ticket.job_id, ticket.file)
    except (AccessError, NotFoundError) as error:
        return HTMLResponse(message_page("This download is not here", str(error)), status_code=404)
    return FileResponse(
        path,
        filename=ticket.file,
        media_type="application/octet-stream",
        headers={"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"},
    )
