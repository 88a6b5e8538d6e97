"""What a file's columns can feed, and the headings by which they are recognised (in Chinese, English, and as other
programs name them: Salesforce, Odoo, Northwind)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.core.text import Text, _
from domain.imports.models import ImportKind
from domain.search.fold import fold


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row can say. `headings` are separated by bars; the label and the name itself count too.

    A field that is needed may be left out where one of `instead` is there.
    """

    name: str
    label: Text
    headings: str = ""
    needed: bool = False
    choices: bool = False
    instead: tuple[str, ...] = ()

    def known_by(self) -> list[str]:
        """All headings, folded, the surest first."""
        return [heading_key(one) for one in (self.name, str(self.label), *self.headings.split("|")) if one]


def heading_key(heading: str) -> str:
    """A heading without case, blanks and marks: "E-Mail *" and "email" are the same."""
    return fold(heading.replace("_", " ")).replace(" ", "")


OWNER = Field("owner", _("Owner"), "负责人|所有人|业务员|销售|账户所有人|account owner|salesperson|sales rep|rep|user|"
              "employee|employeeid|owner id|负责人账号|负责人邮箱")  # fmt: skip

CUSTOMERS = (
    Field("name", _("Name"), "客户名称|客户|公司名称|公司|企业名称|名称|单位名称|company|company name|customer|"
          "customer name|"
          "account name|account: account name|account|organization|organisation|firma|客户全称", needed=True),
    Field("kind", _("Kind"), "客户性质|性质|is company|is_company|account type", choices=True),
    Field("level", _("Level"), "客户级别|级别|等级|rating|customer level", choices=True),
    Field("industry", _("Industry"), "行业|所属行业|sector", choices=True),
    Field("size", _("Size"), "规模|公司规模|人员规模|company size", choices=True),
    Field("need", _("Need class"), "需求分类|客户类型", choices=True),
    Field("source", _("Source"), "来源|客户来源|lead source|account source"),
    Field("phone", _("Phone"), "电话|客户电话|公司电话|固定电话|座机|telephone|tel|account phone|company phone|"
          "phone number"),
    Field("email", _("E-mail"), "邮箱|电子邮箱|客户邮箱|电子邮件|email|mail|email address"),
    Field("website", _("Website"), "网址|网站|官网|url|web|homepage|home page"),
    Field("country", _("Country"), "国家|国家地区|国家/地区|billing country|country_id|country id|country/region|land"),
    Field("region", _("Province or region"), "省|省份|省/州|地区|state|province|region|state_id|state id|billing state|"
          "billing state/province|county"),
    Field("city", _("City"), "城市|市|所在城市|town|billing city|ort"),
    Field("address", _("Address"), "地址|详细地址|街道|公司地址|联系地址|street|address line 1|billing street|address1|"
          "street address|strasse"),
    Field("postal_code", _("Postal code"), "邮编|邮政编码|zip|zip code|postcode|postal|billing zip|"
          "billing zip/postal code|billing postal code|plz"),
    Field("credit_limit", _("Credit limit"), "信用额度|授信额度|credit"),
    Field("notes", _("Notes"), "备注|说明|描述|description|comment|comments|remark|remarks|note"),
    Field("external_ref", _("Key in the other system"), "外部编号|客户编号|编号|客户编码|id|customerid|customer id|"
          "account id|external id|external ref|account number|key"),
    OWNER,
    Field("contact_name", _("Contact"), "联系人|联系人姓名|姓名|主要联系人|contact|contact name|contactname|"
          "contact person|"
          "full name|contact: full name|primary contact|ansprechpartner"),
    Field("contact_first", _("Contact's first name"), "名|first name|given name|contact first name|"
          "contact: first name"),
    Field("contact_last", _("Contact's last name"), "姓|last name|surname|family name|contact last name|"
          "contact: last name"),
    Field("contact_post", _("Contact's post"), "职务|职位|联系人职务|title|job title|job position|contact title|"
          "contacttitle|"
          "position|function|contact: title"),
    Field("contact_mobile", _("Contact's mobile"), "手机|手机号|手机号码|联系人手机|移动电话|联系电话|mobile|"
          "mobile phone|cell|"
          "cell phone|contact mobile|contact: mobile"),
    Field("contact_phone", _("Contact's phone"), "联系人电话|contact phone|direct phone|contact: phone"),
    Field("contact_email", _("Contact's e-mail"), "联系人邮箱|contact email|contact e-mail|contact: email"),
    Field("contact_birthday", _("Contact's birthday"), "生日|联系人生日|出生日期|birthday|contact birthday|birthdate|"
          "date of birth|dob"),
    Field("contact_wechat", _("Contact's WeChat"), "微信|微信号|联系人微信|wechat|wechat id"),
)  # fmt: skip

_SHARED = {field.name: field for field in CUSTOMERS}
LEADS = (
    Field("name", _("Name"), "姓名|线索名称|线索|客户姓名|lead|lead name|full name|topic|opportunity|opportunity name|"
          "name *", needed=True, instead=("contact_name", "contact_first", "contact_last", "company")),
    Field("contact_name", _("Contact"), "联系人|联系人姓名|contact name|contactname|contact person|ansprechpartner"),
    _SHARED["contact_first"],
    _SHARED["contact_last"],
    Field("company", _("Company name"), "公司|公司名称|企业|企业名称|单位|单位名称|客户名称|account|"
          "account name|organization|organisation|firma"),
    Field("post", _("Post"), "职务|职位|title|job title|job position|position|function"),
    Field("mobile", _("Mobile"), "手机|手机号|手机号码|移动电话|联系电话|mobile phone|cell|cell phone"),
    Field("phone", _("Phone"), "电话|固定电话|座机|办公电话|telephone|tel|phone number|business phone|work phone"),
    _SHARED["email"],
    Field("wechat", _("WeChat"), "微信|微信号|wechat id"),
    Field("source", _("Source"), "来源|线索来源|渠道|lead source|channel|campaign", choices=True),
    Field("need", _("What they want"), "需求|需求描述|意向|意向产品|咨询内容|interest|product interest|message|request|"
          "inquiry|enquiry"),
    _SHARED["country"],
    _SHARED["region"],
    _SHARED["city"],
    _SHARED["address"],
    _SHARED["notes"],
    OWNER,
)  # fmt: skip

CONTACTS = (
    Field("name", _("Full name"), "姓名|联系人|联系人姓名|名称|contact|contact name|contactname|contact person|"
          "full name|ansprechpartner", needed=True, instead=("contact_first", "contact_last")),
    _SHARED["contact_first"],
    _SHARED["contact_last"],
    Field("customer", _("Customer"), "客户|客户名称|公司|公司名称|企业名称|单位|单位名称|company|company name|"
          "customer name|account|account name|organization|organisation|firma|客户编号|customer id|account id"),
    Field("post", _("Post"), "职务|职位|title|job title|job position|position|function"),
    Field("role", _("Role"), "角色|联系人角色|contact role", choices=True),
    Field("mobile", _("Mobile"), "手机|手机号|手机号码|移动电话|联系电话|mobile phone|cell|cell phone|contact mobile"),
    Field("phone", _("Phone"), "电话|固定电话|座机|办公电话|telephone|tel|phone number|business phone|work phone|"
          "contact phone"),
    Field("email", _("E-mail"), "邮箱|电子邮箱|电子邮件|联系人邮箱|mail|email address|contact email|contact e-mail"),
    Field("wechat", _("WeChat"), "微信|微信号|联系人微信|wechat id"),
    _SHARED["address"],
    Field("birthday", _("Birthday"), "生日|出生日期|birth date|birthdate|date of birth|dob|geburtstag"),
    _SHARED["notes"],
    Field("main", _("Main contact"), "主要联系人|首要联系人|主联系人|primary|primary contact|is primary"),
)  # fmt: skip

PRODUCTS = (
    Field("code", _("Code"), "产品编码|产品编号|编码|货号|物料编码|商品编码|sku|item|item no|product code|productid|"
          "product id|"
          "internal reference|default_code|default code|external id|barcode|id", needed=True),
    Field("name", _("Name"), "产品名称|品名|商品名称|名称|product|product name|productname|item name", needed=True),
    Field("unit", _("Unit"), "单位|计量单位|uom|unit of measure|uom_id"),
    Field("spec", _("Specification"), "规格|规格型号|型号|quantity per unit|quantityperunit|sales description|"
          "description|size"),
    Field("category", _("Category"), "类别|分类|产品类别|产品分类|categoryname|category name|product family|"
          "product category|"
          "categ_id|product type"),
    Field("list_price", _("List price"), "单价|价格|标价|目录价|标准价|销售价|price|unit price|unitprice|"
          "sales price|list_price|"
          "standard price", needed=True),
    Field("active", _("On sale"), "在售|启用|上架|状态|is active"),
    Field("discontinued", _("No longer sold"), "停售|停产|discontinued|下架"),
)  # fmt: skip

ORDERS = (
    Field("number", _("Order number"), "订单号|订单编号|销售单号|单号|order|order id|orderid|order no|order number|"
          "order reference|reference|so number|external id", needed=True),
    Field("customer", _("Customer"), "客户|客户名称|客户编号|customerid|customer id|customer name|company|"
          "companyname|account|"
          "account name|partner|partner_id|vendor", needed=True),
    OWNER,
    Field("ordered_on", _("Ordered on"), "订单日期|下单日期|日期|order date|orderdate|date|date_order|order deadline"),
    Field("required_on", _("Wanted by"), "要求日期|交货日期|期望日期|交期|required date|requireddate|delivery date|"
          "due date"),
    Field("shipped_on", _("Shipped on"), "发货日期|发运日期|shipped date|shippeddate|ship date"),
    Field("carrier", _("Carrier"), "承运商|快递公司|物流公司|物流|ship via|shipvia|shipper"),
    Field("tracking_number", _("Tracking number"), "运单号|快递单号|tracking"),
    Field("ship_name", _("Recipient"), "收货人|收货单位|ship name|shipname|ship to"),
    Field("ship_address", _("Delivery address"), "收货地址|送货地址|ship address|shipaddress|shipping address"),
    Field("order_discount", _("Order discount in percent"), "整单折扣|订单折扣|order discount"),
    Field("notes", _("Notes"), "备注|说明|note|comments|remark"),
    Field("product", _("Product"), "产品|产品编码|产品编号|货号|商品编码|product code|productid|product id|sku|item|"
          "order_line/product_id|order lines/product|products", needed=True),
    Field("quantity", _("Quantity"), "数量|qty|order lines/quantity|order_line/product_qty|product qty", needed=True),
    Field("unit_price", _("Unit price"), "单价|价格|成交价|price|unitprice|order lines/unit price|"
          "order_line/price_unit"),
    Field("line_discount", _("Line discount"), "折扣|行折扣|discount %|line discount %|discount"),
)  # fmt: skip

OPPORTUNITIES = (
    Field("name", _("Name"), "商机名称|商机|项目名称|机会名称|名称|opportunity|opportunity name|deal|deal name|topic",
          needed=True),
    Field("customer", _("Customer"), "客户|客户名称|公司|公司名称|account|account name|customer name|company|"
          "company name|organization|organisation|associated company|partner_id", needed=True),
    OWNER,
    Field("pipeline", _("Sales pipeline"), "销售流程|流程|销售管道|sales process"),
    Field("stage", _("Sales stage"), "阶段|销售阶段|商机阶段|stage_id|deal stage|opportunity stage"),
    Field("amount", _("Expected amount"), "金额|预计金额|商机金额|预计收入|amount|expected revenue|expected_revenue|"
          "value|revenue|deal value|opportunity amount"),
    Field("expected_on", _("Expected on"), "预计成交日期|预计成交|预计结单日期|结单日期|close date|expected closing|"
          "date_deadline|expected close date|closed date"),
    Field("probability", _("Probability"), "赢率|成交概率|可能性|probability (%)|win probability"),
    Field("next_step", _("Next step"), "下一步|下一步计划|后续步骤"),
    Field("source", _("Source"), "来源|商机来源|lead source|opportunity source|original source", choices=True),
    Field("need", _("What they want"), "需求|需求描述|requirement|requirements"),
    Field("competitors", _("Competitors"), "竞争对手|竞品|竞争情况|competitor|main competitor"),
    Field("end_reason", _("Reason of the ending"), "输单原因|赢单原因|结束原因|丢单原因|lost reason|loss reason|"
          "won reason|closed lost reason|lost_reason_id"),
    Field("created_on", _("Created"), "创建日期|创建时间|created date|create date|created on|create_date"),
    _SHARED["notes"],
)  # fmt: skip

FIELDS: Mapping[ImportKind, tuple[Field, ...]] = {
    ImportKind.customers: CUSTOMERS, ImportKind.contacts: CONTACTS, ImportKind.leads: LEADS,
    ImportKind.opportunities: OPPORTUNITIES,
    ImportKind.products: PRODUCTS, ImportKind.orders: ORDERS,
}  # fmt: skip


def guess(kind: ImportKind, columns: Sequence[str]) -> dict[str, str]:
    """Which column feeds which field, by the headings; every column is used once, the surer heading first."""
    keys = {column: heading_key(column) for column in columns}
    found: dict[str, str] = {}
    depth = max(len(field.known_by()) for field in FIELDS[kind])
    for rank in range(depth):
        for field in FIELDS[kind]:
            headings = field.known_by()
            if field.name in found or rank >= len(headings):
                continue
            free = (column for column in columns if keys[column] == headings[rank] and column not in found.values())
            if column := next(free, None):
                found[field.name] = column
    return found


def missing(kind: ImportKind, mapping: Mapping[str, str]) -> list[Field]:
    """Fields that are needed and that no column feeds, nor anything in their stead."""
    return [
        field
        for field in FIELDS[kind]
        if field.needed and not any(mapping.get(name) for name in (field.name, *field.instead))
    ]
