"""What WeChat Pay encrypts with the APIv3 key: the resource of a notification, and its certificates.

https://pay.weixin.qq.com/doc/v3/merchant/4012791861
"""

import base64
from collections.abc import Mapping

from connectors.signing import aes_gcm_open
from connectors.wechat_pay.sheet import ALGORITHM, NONCE_BYTES
from schema.model.errors import Unreadable


def unseal(key: bytes, sealed: object) -> bytes:
    """The clear bytes, authenticated. Raises Unreadable for another algorithm, key, or any change."""
    if not isinstance(sealed, Mapping):
        raise Unreadable("resource")
    if sealed.get("algorithm") != ALGORITHM:
        raise Unreadable("algorithm")
    try:
        ciphertext = base64.b64decode(sealed["ciphertext"], validate=True)
        nonce = sealed["nonce"].encode()
        associated = (sealed.get("associated_data") or "").encode()
    except (KeyError, TypeError, AttributeError, ValueError):
        raise Unreadable("resource") from None
    if len(nonce) != NONCE_BYTES:
        raise Unreadable("resource")
    return aes_gcm_open(key, nonce, ciphertext, associated)
