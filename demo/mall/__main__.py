"""Opens the mall: python -m demo.mall --port P --state DIR."""

import uvicorn

from demo.command import service_arguments
from demo.mall.app import open_mall


def main() -> None:
    """Serves the mall until killed."""
    port, state = service_arguments("demo.mall")
    uvicorn.run(open_mall(state), host="127.0.0.1", port=port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
