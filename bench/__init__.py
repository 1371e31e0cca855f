import engine  # noqa: F401 - switches off onnxruntime's reports before a module here can import it
