"""LiteLLM's own GitHub Copilot provider, signed in against the emulator by its own device flow, or with files that are there."""

import json
import os

os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")
import litellm  # noqa: E402

response = litellm.completion(
    model="github_copilot/gpt-4o", messages=[{"role": "user", "content": "Say hello from LiteLLM"}]
)
print(json.dumps({"whole": response.choices[0].message.content}))
