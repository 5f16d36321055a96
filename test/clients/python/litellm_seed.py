"""The seed's LiteLLM SDK example: `litellm_proxy/…` with Jetway as the proxy."""

import json
import os

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
import litellm  # noqa: E402

CALL = {
    "model": "litellm_proxy/github_copilot/gpt-4",
    "messages": [{"role": "user", "content": "Review this code for bugs"}],
    "api_base": os.environ["ORIGIN"],
    "api_key": os.environ["API_KEY"],
    "extra_headers": {"editor-version": "vscode/1.85.1", "Copilot-Integration-Id": "vscode-chat"},
}
response = litellm.completion(**CALL)
streamed = "".join(chunk.choices[0].delta.content or "" for chunk in litellm.completion(**CALL, stream=True))
print(
    json.dumps(
        {
            "whole": response.choices[0].message.content,
            "streamed": streamed,
            "total_tokens": response.usage.total_tokens,
        }
    )
)
