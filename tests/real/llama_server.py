"""llama.cpp's own HTTP server out of the `xllamacpp` wheel: `python llama_server.py MODEL.gguf`.

The fixture in conftest.py starts it by path and reads the address from the first line of its output; the server chooses
a free port itself, so that no other program can take it in between. Four streams at once, model name `tiny`, one
computing thread, which is plenty for this model and keeps the tests' own processor time free. It stops on SIGTERM.
"""

import signal
import sys

import xllamacpp


def parameters(model: str) -> xllamacpp.CommonParams:
    """Settings of the server; they are the names of llama-server's own options."""
    chosen = xllamacpp.CommonParams()
    chosen.model.path = model
    chosen.model_alias = {"tiny"}
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = 0
    chosen.offline = True
    chosen.n_ctx = 8192
    chosen.n_parallel = 4
    chosen.n_threads_http = 16
    chosen.cpuparams.n_threads = 1
    chosen.use_jinja = True  # the model's chat template, which knows tools
    chosen.warmup = False
    return chosen


def main() -> None:
    """Serve until told to stop."""
    signal.signal(signal.SIGTERM, lambda signum, frame: sys.exit(0))
    server = xllamacpp.Server(parameters(sys.argv[1]))
    print(server.listening_address, flush=True)
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
