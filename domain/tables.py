"""The one list of modules that hold tables: what the migrations and the tests look at."""

from domain.approvals import models as approvals
from domain.calendar import models as calendar
from domain.company import models as company
from domain.contacts import models as contacts
from domain.core import access, audit, events, once
from domain.core.model import Base
from domain.customers import models as customers
from domain.files import models as files
from domain.followups import models as followups
from domain.imports import models as imports
from domain.leads import models as leads
from domain.notifications import models as notifications
from domain.opportunities import models as opportunities
from domain.orders import models as orders
from domain.payments import models as payments
from domain.people import models as people
from domain.places import models as places
from domain.pools import models as pools
from domain.products import models as products
from domain.shipments import models as shipments
from domain.sync import models as sync
from domain.visits import models as visits

MODULES = (
    access,
    audit,
    events,
    once,
    approvals,
    calendar,
    company,
    contacts,
    customers,
    files,
    followups,
    imports,
    leads,
    notifications,
    opportunities,
    orders,
    payments,
    people,
    places,
    pools,
    products,
    shipments,
    sync,
    visits,
)
METADATA = Base.metadata
