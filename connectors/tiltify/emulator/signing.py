"""The signature of deliveries.

https://developers.tiltify.com/docs/webhooks/receiving-webhooks/verifying
"""

import base64
import hashlib
import hmac


def signature(key: str, timestamp: str, body: bytes) -> str:
    """Over the timestamp as written, a point, and the raw body. The key is text, however much it looks like hex."""
    digest = hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()
