"""Currencies in use, and how many decimals their amounts have. ISO 4217, list one"""

from typing import Final

_BY_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW"
        " CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF"
        " IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK"
        " MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP"
        " SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG"
        " YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DECIMALS: Final = {code: decimals for decimals, codes in _BY_DECIMALS.items() for code in codes.split()}
"""Decimals of an amount, by the code of its currency."""


def known(code: str) -> bool:
    """Whether it is the code of a currency in use, in capitals."""
    return code in DECIMALS


def decimals(code: str) -> int:
    """How many decimals an amount has; two where the currency is not known."""
    return DECIMALS.get(code, 2)


def amount(text: str | None, currency: str | None = None) -> str:
    """An amount of money as JSON tells it, such as 12.3450, with the decimals of its currency; two where none is said."""
    if text is None:
        return "-"
    digits = decimals(currency or "")
    finest = 10 ** (4 - digits)
    units = (abs(int(text.replace(".", ""))) + finest // 2) // finest
    whole, rest = divmod(units, 10**digits)
    return f"{'-' if units and text.startswith('-') else ''}{whole}{f'.{rest:0{digits}d}' if digits else ''}"
