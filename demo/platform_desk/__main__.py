"""Opens the desks: python -m demo.platform_desk --port P --state DIR (with DIR/desk.json, see README)."""

import uvicorn

from demo.command import service_arguments
from demo.platform_desk.app import open_desk


def main() -> None:
    """Serves both desks until killed."""
    port, state = service_arguments("demo.platform_desk")
    uvicorn.run(open_desk(state), host="127.0.0.1", port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
