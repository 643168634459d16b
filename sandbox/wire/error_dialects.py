"""The error formats of the servers that the sandbox replaces."""

from typing import Any

from sandbox.answers.business import BusinessRefusal, business_envelope
from sandbox.answers.open_api import HTTP_STATUS, FlatRefusal, Refusal, envelope, flat_error
from sandbox.faults.faults import Fault
from sandbox.faults.route_names import dialect_of
from sandbox.state.journal import Entry


def fault_error(entry: Entry, fault: Fault) -> tuple[int, dict[str, Any]]:
    """The HTTP status and body of a fault of kind error, in the format of the route's server."""
    code, message = fault.code or "internal_error", fault.message
    match dialect_of(entry.route):
        case "business":
            return fault.status or 200, business_envelope(BusinessRefusal(int(code), message), entry.log_id)
        case "creative":
            return fault.status or 200, {"BaseResp": {"StatusCode": int(code), "StatusMessage": message}}
        case "ensemble":
            return fault.status or int(code), {"detail": message or f"error {code}"}
        case "open" if entry.route in ("token", "revoke"):
            body = flat_error(FlatRefusal(code, message or code), entry.log_id)
        case "open":
            body = envelope(Refusal(code, message), entry.log_id)
    return fault.status or HTTP_STATUS.get(code, 400), body
