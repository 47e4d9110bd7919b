"""The sample of the specification, number for number."""

import hashlib

from connectors.wechat_pay.emulator.signing import response_text, seal

LINE = (
    '{"mchid":"1900000001","appid":"wx0000000000000001","out_trade_no":"LUNCH20260901000001",'
    '"transaction_id":"4200000000202609010000000001","trade_type":"JSAPI","trade_state":"SUCCESS",'
    '"trade_state_desc":"支付成功","bank_type":"OTHERS","attach":"campaign=school-lunch",'
    '"success_time":"2026-09-01T10:20:30+08:00","payer":{"openid":"oDEMO0000000000000000000001"},'
    '"amount":{"total":400,"payer_total":400,"currency":"CNY","payer_currency":"CNY"}}'
)
CIPHERTEXT = (
    "abOxV11A+i5GoqbJppJmasdE1TPUIMqWByyj+TNQuercEKGBZNpqX/B+Sq95qH+eDmMOgsbpWOEnMrRsO2TSuRF4+XZ6v2Ni2W+PS1Q2oGdYabJc3CFZ"
    "BAtCaKnnIoml0HtBF5wjQzQ786Bw+R3we8txT4CXPva1OHadpPjE67hT8HAzShuJn0AINccwXMZ9efEsFvu+3+YTLxm7GWOilyvq67ilr6WfiRDRsQvu"
    "lVbewMSMIWChwuN51zZYUo1sw8sHd/GbAkGo7yEI30lekSOxcL1w8CC3WpnIXzCDkIK+JobW8oqsOKuqd2F23NEz+nKvmZLTHAzbTvPXDUQ6qYOx5Qk8"
    "pVPkheoBsY66M/xXj1PIjeoLBJEk2ZJInd+hjhXq7Gh4tg+/Ly0U0MgFvA6UqoCUOBk8hWvtjcZ6dV1doO78tDvWty8deXmc4uuz19dAQIZ2f9yVR37o"
    "kSJUshf6kTDp+0sn5to2jPohNZLW3hp7iHmyDBL8SHHl4HKO/A+DbgUOz970fDrZN0P4WXJtAwcQwojXJE+QOeXb6RaMa8tSIw08lCpj/tzDrXwJmURd"
    "3ICEC65BiNTHNezXM2gQwcVXbbCDpp0="
)
BODY = (
    '{"id":"6f0c2a1e-0000-5000-8000-000000000001","create_time":"2026-09-01T10:20:31+08:00","resource_type":"encrypt-resource",'
    '"event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{"original_type":"transaction",'
    '"algorithm":"AEAD_AES_256_GCM","ciphertext":"' + CIPHERTEXT + '","associated_data":"transaction","nonce":"Dm0N0nce0001"}}'
)


def test_the_sample_line_seals_to_the_sample_ciphertext() -> None:
    assert seal("SchoolLunchDemoKeyForSpec0000032", "Dm0N0nce0001", "transaction", LINE.encode()) == CIPHERTEXT


def test_the_sample_body_gives_the_sample_text_to_sign() -> None:
    text = response_text("1788229231", "DemoHeaderNonce00000000000000001", BODY.encode())

    assert len(BODY.encode()) == 939
    assert hashlib.sha256(text).hexdigest() == "e04baeb1f3a4baeac33689cd427881448c7e8d7fca1868c561b8ea8fddfbf67c"


def test_an_empty_body_leaves_the_third_line_empty() -> None:
    assert response_text("1", "n", b"") == b"1\nn\n\n"
