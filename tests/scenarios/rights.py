"""Who may do what: one row a route, one column a person. The tests hold every route of the application to it.

The records in the addresses are the rep's; rep2 sells in the team beside, the manager and the director lead both.
`ok` is done or refused for what was typed, `403` is not for this post or not now, `404` is not there for this person,
`in` leads to the sign-in page, `401` asks a program for its token.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.scenarios.field import NEW_FILE, NO_FILE, RECORD

COLUMNS = ("rep", "rep2", "manager", "director", "approver", "finance", "warehouse", "auditor", "admin", "nobody")

TABLE = """
                                                      rep  rep2 mana dire appr fina ware audi admi nobody
GET   /                                               ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /account                                        ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account                                        ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /account/calendar                               ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/calendar                               ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/calendar/revoke                        ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /account/device                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /account/devices                                ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/devices/{session_id}/wipe              ok   404  404  404  404  404  404  404  ok   in
POST  /account/devices/sign-out-others                ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/devices/{session_id}/sign-out          ok   404  404  404  404  404  404  404  404  in
GET   /account/password                               ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/password                               ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /account/tokens                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/tokens                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/tokens/{token_id}/revoke               ok   404  404  404  404  404  404  404  404  in
GET   /account/two-factor                             ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/two-factor/off                         ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /account/two-factor/on                          ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /admin                                          403  403  403  403  403  403  403  ok   ok   in
GET   /apple-touch-icon.png                           ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /approvals                                      ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /approvals/{approval_id}                        ok   404  ok   ok   ok   404  404  ok   ok   in
POST  /approvals/{approval_id}/confirm                403  404  403  403  ok   404  404  403  403  in
POST  /approvals/{approval_id}/reject                 403  404  403  403  ok   404  404  403  403  in
GET   /beats                                          ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /beats/{beat_id}                                ok   404  ok   ok   404  404  404  403  ok   in
POST  /beats/{beat_id}                                ok   404  ok   ok   404  404  404  403  ok   in
POST  /beats/{beat_id}/end                            ok   404  ok   ok   404  404  404  403  ok   in
GET   /calendar                                       ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /calendar                                       ok   ok   ok   ok   ok   ok   ok   403  ok   in
GET   /calendar/import                                ok   ok   ok   ok   ok   ok   ok   403  ok   in
POST  /calendar/import                                ok   ok   ok   ok   ok   ok   ok   403  ok   in
GET   /calendar/new                                   ok   ok   ok   ok   ok   ok   ok   403  ok   in
GET   /calendar/{entry_id}                            ok   404  ok   ok   404  404  404  404  404  in
POST  /calendar/{entry_id}                            ok   404  403  403  404  404  404  403  404  in
POST  /calendar/{entry_id}/delete                     ok   404  403  403  404  404  404  404  404  in
POST  /calendar/{entry_id}/finish                     ok   404  403  403  404  404  404  403  404  in
POST  /calendar/{entry_id}/reopen                     ok   404  403  403  404  404  404  403  404  in
GET   /conflicts                                      ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /conflicts/{disagreement_id}                    ok   404  404  404  404  404  404  404  404  in
GET   /contacts                                       ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /contacts                                       ok   404  ok   ok   403  403  403  403  ok   in
POST  /contacts/birthdays                             ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /contacts/new                                   ok   ok   ok   ok   403  403  403  403  ok   in
GET   /contacts/{contact_id}                          ok   404  ok   ok   ok   404  404  ok   ok   in
POST  /contacts/{contact_id}                          ok   404  ok   ok   403  403  403  403  ok   in
POST  /contacts/{contact_id}/delete                   ok   404  ok   ok   403  403  403  403  ok   in
GET   /contacts/{contact_id}/card.vcf                 ok   404  ok   ok   ok   404  404  ok   ok   in
GET   /contacts/{contact_id}/edit                     ok   404  ok   ok   403  404  404  403  ok   in
POST  /contacts/{contact_id}/restore                  403  403  403  403  403  403  403  403  ok   in
GET   /customers                                      ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /customers                                      ok   ok   ok   ok   403  403  403  403  ok   in
POST  /customers/assign                               403  403  ok   ok   403  403  403  403  ok   in
GET   /customers/bin                                  403  403  403  403  403  403  403  403  ok   in
POST  /customers/claim                                ok   ok   ok   ok   403  403  403  403  ok   in
GET   /customers/filter                               ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /customers/map                                  ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /customers/map/area                             ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /customers/map/visit/{visit_id}                 ok   404  ok   ok   403  403  403  ok   ok   in
POST  /customers/plan                                 ok   ok   ok   ok   403  403  403  403  ok   in
GET   /customers/map/card/{record_id}                 ok   404  ok   ok   ok   404  403  ok   ok   in
GET   /customers/map/near                             ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /customers/map/places                           ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /customers/map/points                           ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /customers/map/positions                        ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /customers/map/positions                        ok   ok   ok   ok   403  403  403  403  ok   in
GET   /customers/map/tile                             ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /customers/move                                 403  403  ok   ok   403  403  403  403  ok   in
GET   /customers/new                                  ok   ok   ok   ok   403  403  403  403  ok   in
GET   /customers/pick                                 ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /customers/same-name                            ok   ok   ok   ok   403  403  403  403  ok   in
POST  /customers/transfer                             ok   ok   ok   ok   403  403  403  403  ok   in
GET   /customers/{customer_id}                        ok   404  ok   ok   ok   404  404  ok   ok   in
POST  /customers/{customer_id}                        ok   404  ok   ok   403  404  404  403  ok   in
GET   /customers/{record_id}/assign                   403  403  ok   ok   403  403  403  403  ok   in
POST  /customers/{record_id}/assign                   403  403  ok   ok   403  403  403  403  ok   in
POST  /customers/{record_id}/claim                    ok   ok   ok   ok   403  403  403  403  ok   in
POST  /customers/{customer_id}/delete                 403  404  ok   ok   403  404  404  403  ok   in
GET   /customers/{customer_id}/edit                   ok   404  ok   ok   403  404  404  403  ok   in
GET   /customers/{customer_id}/history                ok   404  ok   ok   ok   404  404  ok   ok   in
GET   /customers/{record_id}/move                     403  403  ok   ok   403  403  403  403  ok   in
POST  /customers/{record_id}/move                     403  403  ok   ok   403  403  403  403  ok   in
GET   /customers/{record_id}/place                    ok   404  ok   ok   403  404  404  403  ok   in
POST  /customers/{record_id}/place                    ok   404  ok   ok   403  404  404  403  ok   in
GET   /customers/{record_id}/release                  ok   404  ok   ok   403  404  404  403  ok   in
POST  /customers/{record_id}/release                  ok   404  ok   ok   403  403  403  403  ok   in
POST  /customers/{customer_id}/restore                403  403  403  403  403  403  403  403  ok   in
POST  /customers/{record_id}/team                     ok   404  ok   ok   403  404  404  403  ok   in
GET   /customers/{record_id}/team/new                 ok   404  ok   ok   403  403  403  403  ok   in
POST  /customers/{record_id}/team/{grant_id}/remove   ok   404  ok   ok   403  404  404  403  ok   in
GET   /customers/{customer_id}/timeline               ok   404  ok   ok   ok   404  404  ok   ok   in
GET   /customers/{record_id}/transfer                 ok   404  ok   ok   403  403  403  403  ok   in
POST  /customers/{record_id}/transfer                 ok   404  ok   ok   403  403  403  403  ok   in
GET   /design                                         ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /design/people                                  ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /exports/{name}                                 403  403  ok   ok   403  403  403  403  ok   in
GET   /favicon.ico                                    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /feeds/{secret}                                 404  404  404  404  404  404  404  404  404  404
GET   /field/catalogue                                ok   ok   ok   ok   ok   403  403  403  ok   401
GET   /field/manifest                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   401
GET   /files/{file_id}                                 ok   404  ok   ok   404  404  404  ok   ok   in
GET   /followups                                      ok   ok   ok   ok   403  403  403  ok   ok   in
POST  /followups                                      ok   404  ok   ok   403  403  403  403  ok   in
GET   /followups/new                                  ok   ok   ok   ok   403  403  403  403  ok   in
GET   /followups/{followup_id}                        ok   404  ok   ok   404  404  404  ok   ok   in
POST  /followups/{followup_id}                        ok   404  403  403  404  404  404  403  403  in
POST  /followups/{followup_id}/delete                 403  404  ok   ok   404  404  404  403  ok   in
GET   /followups/{followup_id}/edit                   ok   404  403  403  404  404  404  403  403  in
GET   /forgotten                                      ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
POST  /forgotten                                      ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /healthz                                        ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /imports                                        403  403  ok   ok   ok   403  403  ok   ok   in
POST  /imports                                        403  403  ok   ok   403  403  403  403  ok   in
GET   /imports/{batch_id}                             404  404  ok   404  404  404  404  404  ok   in
POST  /imports/{batch_id}/check                       404  404  ok   404  404  404  404  404  ok   in
GET   /imports/{batch_id}/failures.csv                404  404  ok   404  404  404  404  404  ok   in
GET   /imports/{batch_id}/rows                        404  404  ok   404  404  404  404  404  ok   in
POST  /imports/{batch_id}/run                         404  404  ok   404  404  404  404  404  ok   in
GET   /inbox                                          ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /inbox/bell                                     ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /inbox/read                                     ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /inbox/{item_id}                                ok   404  404  404  404  404  404  404  404  in
POST  /inbox/{item_id}/confirm                        403  404  404  404  404  404  404  404  404  in
POST  /inbox/{item_id}/reject                         403  404  404  404  404  404  404  404  404  in
GET   /leads                                          ok   ok   ok   ok   403  403  403  ok   ok   in
POST  /leads                                          ok   ok   ok   ok   403  403  403  403  ok   in
POST  /leads/assign                                   403  403  ok   ok   403  403  403  403  ok   in
GET   /leads/bin                                      403  403  403  403  403  403  403  403  ok   in
POST  /leads/bin/{lead_id}/restore                    403  403  403  403  403  403  403  403  ok   in
POST  /leads/claim                                    ok   ok   ok   ok   403  403  403  403  ok   in
GET   /leads/filter                                   ok   ok   ok   ok   403  403  403  ok   ok   in
POST  /leads/move                                     403  403  ok   ok   403  403  403  403  ok   in
GET   /leads/new                                      ok   ok   ok   ok   403  403  403  403  ok   in
GET   /leads/rates                                    ok   ok   ok   ok   403  403  403  ok   ok   in
POST  /leads/transfer                                 ok   ok   ok   ok   403  403  403  403  ok   in
GET   /leads/{lead_id}                                ok   404  ok   ok   404  404  404  ok   ok   in
POST  /leads/{lead_id}                                ok   404  ok   ok   404  404  404  403  ok   in
GET   /leads/map                                      ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /leads/map/area                                 ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /leads/map/card/{record_id}                     ok   404  ok   ok   403  403  403  ok   ok   in
GET   /leads/map/near                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /leads/map/places                               ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /leads/map/points                               ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /leads/map/positions                            ok   ok   ok   ok   403  403  403  ok   ok   in
POST  /leads/map/positions                            ok   ok   ok   ok   403  403  403  403  ok   in
GET   /leads/map/tile                                 ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /leads/{record_id}/place                        ok   404  ok   ok   404  404  404  403  ok   in
POST  /leads/{record_id}/place                        ok   404  ok   ok   404  404  404  403  ok   in
GET   /leads/{record_id}/assign                       403  403  ok   ok   403  403  403  403  ok   in
POST  /leads/{record_id}/assign                       403  403  ok   ok   403  403  403  403  ok   in
POST  /leads/{record_id}/claim                        ok   ok   ok   ok   403  403  403  403  ok   in
GET   /leads/{lead_id}/convert                        ok   404  ok   ok   404  404  404  403  ok   in
POST  /leads/{lead_id}/convert                        ok   404  ok   ok   404  404  404  403  ok   in
POST  /leads/{lead_id}/delete                         403  403  ok   ok   403  403  403  403  ok   in
GET   /leads/{lead_id}/edit                           ok   404  ok   ok   404  404  404  403  ok   in
GET   /leads/{lead_id}/history                        ok   404  ok   ok   404  404  404  ok   ok   in
GET   /leads/{lead_id}/invalid                        ok   404  ok   ok   404  404  404  403  ok   in
POST  /leads/{lead_id}/invalid                        ok   404  ok   ok   404  404  404  403  ok   in
GET   /leads/{record_id}/move                         403  403  ok   ok   403  403  403  403  ok   in
POST  /leads/{record_id}/move                         403  403  ok   ok   403  403  403  403  ok   in
GET   /leads/{record_id}/release                      ok   404  ok   ok   404  404  404  403  ok   in
POST  /leads/{record_id}/release                      ok   404  ok   ok   403  403  403  403  ok   in
POST  /leads/{lead_id}/restore                        403  404  403  403  404  404  404  403  ok   in
POST  /leads/{record_id}/team                         ok   404  ok   ok   404  404  404  403  ok   in
GET   /leads/{record_id}/team/new                     ok   404  ok   ok   403  403  403  403  ok   in
POST  /leads/{record_id}/team/{grant_id}/remove       ok   404  ok   ok   404  404  404  403  ok   in
GET   /leads/{record_id}/transfer                     ok   404  ok   ok   403  403  403  403  ok   in
POST  /leads/{record_id}/transfer                     ok   404  ok   ok   403  403  403  403  ok   in
GET   /leads/{lead_id}/timeline                       ok   404  ok   ok   404  404  404  ok   ok   in
GET   /leads/{lead_id}/void                           403  404  ok   ok   404  404  404  403  ok   in
POST  /leads/{lead_id}/void                           403  404  ok   ok   404  404  404  403  ok   in
POST  /leads/{lead_id}/wake                           ok   404  ok   ok   404  404  404  403  ok   in
GET   /manifest.json                                  ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /locked                                         ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /more                                           ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /offline                                        ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /opportunities                                  ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /opportunities                                  ok   ok   ok   ok   403  403  403  403  ok   in
GET   /opportunities/bin                              403  403  403  403  403  403  403  403  ok   in
POST  /opportunities/bin/{opportunity_id}/restore     403  403  403  403  403  403  403  403  ok   in
GET   /opportunities/board                            ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /opportunities/board/filter                     ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /opportunities/board/move                       ok   404  ok   ok   403  404  404  403  ok   in
GET   /opportunities/filter                           ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /opportunities/forecast                         ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /opportunities/funnel                           ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /opportunities/lines                            ok   ok   ok   ok   ok   ok   403  ok   ok   in
GET   /opportunities/new                              ok   ok   ok   ok   403  403  403  403  ok   in
GET   /opportunities/products                         ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /opportunities/sums                             ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /opportunities/transfer                         ok   ok   ok   ok   403  403  403  403  ok   in
GET   /opportunities/{opportunity_id}                 ok   404  ok   ok   ok   404  404  ok   ok   in
POST  /opportunities/{opportunity_id}                 ok   404  ok   ok   403  404  404  403  ok   in
GET   /opportunities/{opportunity_id}/contacts        ok   404  ok   ok   403  404  404  403  ok   in
POST  /opportunities/{opportunity_id}/contacts        ok   404  ok   ok   403  404  404  403  ok   in
POST  /opportunities/{opportunity_id}/contacts/{contact_id}/remove ok 404 ok ok 403 404 404 403 ok in
POST  /opportunities/{opportunity_id}/delete          403  403  ok   ok   403  403  403  403  ok   in
GET   /opportunities/{opportunity_id}/edit            ok   404  ok   ok   403  404  404  403  ok   in
GET   /opportunities/{opportunity_id}/history         ok   404  ok   ok   ok   404  404  ok   ok   in
GET   /opportunities/{opportunity_id}/reopen          403  403  ok   ok   403  403  403  403  ok   in
POST  /opportunities/{opportunity_id}/reopen          403  404  ok   ok   403  404  404  403  ok   in
GET   /opportunities/{opportunity_id}/stage           ok   404  ok   ok   403  404  404  403  ok   in
POST  /opportunities/{opportunity_id}/stage           ok   404  ok   ok   403  404  404  403  ok   in
POST  /opportunities/{record_id}/team                 ok   404  ok   ok   403  404  404  403  ok   in
GET   /opportunities/{record_id}/team/new             ok   404  ok   ok   403  403  403  403  ok   in
POST  /opportunities/{record_id}/team/{grant_id}/remove ok 404  ok   ok   403  404  404  403  ok   in
GET   /opportunities/{opportunity_id}/timeline        ok   404  ok   ok   ok   404  404  ok   ok   in
GET   /opportunities/{opportunity_id}/transfer        ok   404  ok   ok   403  403  403  403  ok   in
POST  /opportunities/{opportunity_id}/transfer        ok   404  ok   ok   403  403  403  403  ok   in
GET   /orders                                         ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /orders                                         ok   ok   ok   ok   ok   403  403  403  ok   in
POST  /orders/lines                                   ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /orders/new                                     ok   ok   ok   ok   ok   403  403  403  ok   in
GET   /orders/products                                ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /orders/quote                                   ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /orders/{order_id}                              ok   404  ok   ok   ok   404  404  ok   ok   in
POST  /orders/{order_id}                              ok   404  ok   ok   ok   404  404  403  ok   in
GET   /orders/{order_id}/edit                         ok   404  ok   ok   ok   404  404  ok   ok   in
GET   /orders/{order_id}/history                      ok   404  ok   ok   ok   404  404  ok   ok   in
POST  /orders/{order_id}/submit                       ok   404  ok   ok   ok   404  404  403  ok   in
POST  /orders/{order_id}/void                         403  404  ok   ok   ok   403  403  403  ok   in
POST  /orders/{order_id}/withdraw                     ok   404  403  403  403  404  404  403  403  in
GET   /outbox                                         ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /payments                                       ok   ok   ok   ok   ok   ok   403  ok   ok   in
POST  /payments                                       ok   404  ok   ok   403  ok   403  403  ok   in
GET   /payments/new                                   ok   ok   ok   ok   403  ok   403  403  ok   in
GET   /payments/{payment_id}                          ok   404  ok   ok   ok   ok   404  ok   ok   in
POST  /payments/{payment_id}                          ok   404  ok   ok   403  ok   403  403  ok   in
GET   /payments/{payment_id}/edit                     ok   404  ok   ok   403  ok   404  403  ok   in
POST  /payments/{payment_id}/withdraw                 ok   404  403  403  403  403  404  403  403  in
GET   /pools                                          ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /pools/{pool_id}                                ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /products                                       ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /products                                       403  403  403  ok   ok   403  403  403  ok   in
GET   /products/new                                   403  403  403  ok   ok   403  403  403  ok   in
GET   /products/{product_id}                          ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /products/{product_id}                          403  403  403  ok   ok   403  403  403  ok   in
GET   /products/{product_id}/edit                     403  403  403  ok   ok   403  403  403  ok   in
POST  /push/decide/{decision}                         404  404  404  404  404  404  404  404  404  404
GET   /push/hello                                     ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /push/subscriptions                             ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /push/subscriptions/drop                        ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /push/test                                      ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /readyz                                         ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /reset/{token}                                  404  404  404  404  404  404  404  404  404  404
POST  /reset/{token}                                  404  404  404  404  404  404  404  404  404  404
GET   /shipments                                      ok   ok   ok   ok   ok   403  ok   ok   ok   in
GET   /shipments/{shipment_id}                        ok   404  ok   ok   ok   403  ok   ok   ok   in
POST  /shipments/{shipment_id}/ship                   403  403  403  403  403  403  ok   403  ok   in
POST  /shipments/{shipment_id}/{step}                 403  403  403  403  403  403  ok   403  ok   in
GET   /sign-in                                        ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
POST  /sign-in                                        ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /sign-in/code                                   in   in   in   in   in   in   in   in   in   in
POST  /sign-in/code                                   in   in   in   in   in   in   in   in   in   in
POST  /sign-in/language                               ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
POST  /sign-out                                       in   in   in   in   in   in   in   in   in   in
GET   /static                                         ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /sw.js                                          ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
POST  /sync/files                                     ok   ok   ok   ok   403  403  403  403  ok   401
PUT   /sync/files/{uuid}                              404  404  404  404  404  404  404  404  404  401
GET   /sync/hello                                     ok   ok   ok   ok   ok   ok   ok   ok   ok   401
POST  /sync/records                                   ok   404  ok   ok   403  403  403  403  ok   401
GET   /team                                           403  403  ok   ok   403  403  403  ok   ok   in
GET   /team/day                                       403  403  ok   ok   403  403  403  ok   ok   in
GET   /team/day/card/{visit_id}                       403  403  ok   ok   403  403  403  ok   ok   in
GET   /team/day/points                                403  403  ok   ok   403  403  403  ok   ok   in
GET   /tasks                                          ok   ok   ok   ok   ok   ok   ok   ok   ok   in
POST  /tasks                                          ok   ok   ok   ok   ok   ok   ok   403  ok   in
GET   /tasks/new                                      ok   ok   ok   ok   ok   ok   ok   403  ok   in
GET   /tasks/{task_id}                                ok   404  ok   ok   404  404  404  ok   ok   in
POST  /tasks/{task_id}                                ok   404  403  403  404  404  404  403  403  in
POST  /tasks/{task_id}/delete                         ok   404  403  403  404  404  404  403  403  in
GET   /tasks/{task_id}/edit                           ok   404  403  403  404  404  404  403  403  in
POST  /tasks/{task_id}/finish                         ok   404  403  403  404  404  404  403  403  in
POST  /tasks/{task_id}/reopen                         ok   404  403  403  404  404  404  403  403  in
POST  /theme                                          ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /today                                          ok   ok   ok   ok   ok   ok   ok   ok   ok   in
GET   /visits                                         ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /visits/new                                     ok   ok   ok   ok   403  403  403  403  ok   in
POST  /visits/new                                     ok   404  ok   ok   403  403  403  403  ok   in
GET   /visits/plan                                    ok   ok   ok   ok   403  403  403  403  ok   in
POST  /visits/plan                                    ok   ok   ok   ok   403  403  403  403  ok   in
GET   /visits/today                                   ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /visits/{visit_id}                              ok   404  ok   ok   404  404  404  ok   ok   in
GET   /visits/{visit_id}/cancel                       ok   404  ok   ok   404  404  404  403  ok   in
POST  /visits/{visit_id}/cancel                       ok   404  ok   ok   404  404  404  403  ok   in
POST  /visits/{visit_id}/check-in                     ok   404  403  403  403  403  403  403  403  in
GET   /visits/{visit_id}/do                           ok   404  403  403  404  404  404  403  403  in
POST  /visits/{visit_id}/do                           ok   404  403  403  404  404  404  403  403  in
GET   /visits/{visit_id}/miss                         ok   404  ok   ok   404  404  404  403  ok   in
POST  /visits/{visit_id}/miss                         ok   404  ok   ok   404  404  404  403  ok   in
GET   /visits/{visit_id}/move                         ok   404  ok   ok   404  404  404  403  ok   in
POST  /visits/{visit_id}/move                         ok   404  ok   ok   404  404  404  403  ok   in
GET   /visits/route                                   ok   ok   ok   ok   403  403  403  ok   ok   in
POST  /visits/route                                   ok   ok   ok   ok   403  403  403  403  ok   in
GET   /visits/route/start                             ok   ok   ok   ok   403  403  403  ok   ok   in
POST  /visits/route/start                             ok   ok   ok   ok   403  403  403  403  ok   in
GET   /visits/route/start/departments                 ok   ok   ok   ok   403  403  403  ok   ok   in
GET   /api/v1/approvals                               ok   ok   ok   ok   ok   ok   ok   ok   ok   401
GET   /api/v1/approvals/{record_id}                   ok   404  ok   ok   ok   404  404  ok   ok   401
POST  /api/v1/approvals/{record_id}/confirm           403  404  403  403  ok   404  404  403  403  401
POST  /api/v1/approvals/{record_id}/reject            403  404  403  403  ok   404  404  403  403  401
GET   /api/v1/contacts                                ok   ok   ok   ok   ok   ok   403  ok   ok   401
POST  /api/v1/contacts                                ok   404  ok   ok   403  403  403  403  ok   401
GET   /api/v1/contacts/{record_id}                    ok   404  ok   ok   ok   404  404  ok   ok   401
PATCH /api/v1/contacts/{record_id}                    ok   404  ok   ok   403  404  404  403  ok   401
GET   /api/v1/customers                               ok   ok   ok   ok   ok   ok   403  ok   ok   401
POST  /api/v1/customers                               ok   ok   ok   ok   403  403  403  403  ok   401
GET   /api/v1/customers/{record_id}                   ok   404  ok   ok   ok   404  404  ok   ok   401
PATCH /api/v1/customers/{record_id}                   ok   404  ok   ok   403  404  404  403  ok   401
POST  /api/v1/customers/{record_id}/assign            403  403  ok   ok   403  404  404  403  ok   401
POST  /api/v1/customers/{record_id}/claim             ok   ok   ok   ok   403  403  403  403  ok   401
POST  /api/v1/customers/{record_id}/release           ok   404  ok   ok   403  403  403  403  ok   401
POST  /api/v1/customers/{record_id}/transfer          ok   404  ok   ok   403  404  404  403  ok   401
GET   /api/v1/departments                             ok   ok   ok   ok   ok   ok   ok   ok   ok   401
GET   /api/v1/departments/{record_id}                 ok   ok   ok   ok   ok   ok   ok   ok   ok   401
GET   /api/v1/docs                                    ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /api/v1/followups                               ok   ok   ok   ok   403  403  403  ok   ok   401
POST  /api/v1/followups                               ok   404  ok   ok   403  403  403  403  ok   401
GET   /api/v1/followups/{record_id}                   ok   404  ok   ok   404  404  404  ok   ok   401
PATCH /api/v1/followups/{record_id}                   ok   404  403  403  404  404  404  403  403  401
GET   /api/v1/openapi.json                            ok   ok   ok   ok   ok   ok   ok   ok   ok   ok
GET   /api/v1/leads                                   ok   ok   ok   ok   403  403  403  ok   ok   401
POST  /api/v1/leads                                   ok   ok   ok   ok   403  403  403  403  ok   401
GET   /api/v1/leads/{record_id}                       ok   404  ok   ok   404  404  404  ok   ok   401
PATCH /api/v1/leads/{record_id}                       ok   404  ok   ok   404  404  404  403  ok   401
POST  /api/v1/leads/{record_id}/assign                403  403  ok   ok   404  404  404  403  ok   401
POST  /api/v1/leads/{record_id}/claim                 ok   ok   ok   ok   403  403  403  403  ok   401
POST  /api/v1/leads/{record_id}/convert               ok   404  ok   ok   404  404  404  403  ok   401
POST  /api/v1/leads/{record_id}/invalid               ok   404  ok   ok   404  404  404  403  ok   401
POST  /api/v1/leads/{record_id}/release               ok   404  ok   ok   403  403  403  403  ok   401
POST  /api/v1/leads/{record_id}/restore               403  404  403  403  404  404  404  403  ok   401
POST  /api/v1/leads/{record_id}/transfer              ok   404  ok   ok   404  404  404  403  ok   401
POST  /api/v1/leads/{record_id}/void                  403  404  ok   ok   404  404  404  403  ok   401
POST  /api/v1/leads/{record_id}/wake                  ok   404  ok   ok   404  404  404  403  ok   401
GET   /api/v1/opportunities                           ok   ok   ok   ok   ok   ok   403  ok   ok   401
POST  /api/v1/opportunities                           ok   ok   ok   ok   403  403  403  403  ok   401
GET   /api/v1/opportunities/{record_id}               ok   404  ok   ok   ok   404  404  ok   ok   401
PATCH /api/v1/opportunities/{record_id}               ok   404  ok   ok   403  404  404  403  ok   401
POST  /api/v1/opportunities/{record_id}/reopen        403  404  ok   ok   403  404  404  403  ok   401
POST  /api/v1/opportunities/{record_id}/stage         ok   404  ok   ok   403  404  404  403  ok   401
POST  /api/v1/opportunities/{record_id}/transfer      ok   404  ok   ok   403  404  404  403  ok   401
GET   /api/v1/pipelines                               ok   ok   ok   ok   ok   ok   403  ok   ok   401
GET   /api/v1/pipelines/{record_id}                   ok   ok   ok   ok   ok   ok   403  ok   ok   401
GET   /api/v1/orders                                  ok   ok   ok   ok   ok   ok   ok   ok   ok   401
POST  /api/v1/orders                                  ok   ok   ok   ok   ok   403  403  403  ok   401
GET   /api/v1/orders/{record_id}                      ok   404  ok   ok   ok   404  404  ok   ok   401
PATCH /api/v1/orders/{record_id}                      ok   404  ok   ok   ok   404  404  403  ok   401
POST  /api/v1/orders/{record_id}/submit               ok   404  ok   ok   ok   404  404  403  ok   401
POST  /api/v1/orders/{record_id}/void                 403  404  ok   ok   ok   403  403  403  ok   401
POST  /api/v1/orders/{record_id}/withdraw             ok   404  403  403  403  404  404  403  403  401
GET   /api/v1/payments                                ok   ok   ok   ok   ok   ok   403  ok   ok   401
POST  /api/v1/payments                                ok   404  ok   ok   403  ok   403  403  ok   401
GET   /api/v1/payments/{record_id}                    ok   404  ok   ok   ok   ok   404  ok   ok   401
PATCH /api/v1/payments/{record_id}                    ok   404  ok   ok   403  ok   404  403  ok   401
POST  /api/v1/payments/{record_id}/submit             ok   404  ok   ok   403  ok   404  403  ok   401
POST  /api/v1/payments/{record_id}/withdraw           ok   404  403  403  403  403  404  403  403  401
GET   /api/v1/pools                                   ok   ok   ok   ok   403  403  403  ok   ok   401
GET   /api/v1/pools/{record_id}                       ok   ok   ok   ok   404  404  404  ok   ok   401
GET   /api/v1/products                                ok   ok   ok   ok   ok   ok   ok   ok   ok   401
POST  /api/v1/products                                403  403  403  ok   ok   403  403  403  ok   401
GET   /api/v1/products/{record_id}                    ok   ok   ok   ok   ok   ok   ok   ok   ok   401
PATCH /api/v1/products/{record_id}                    403  403  403  ok   ok   403  403  403  ok   401
GET   /api/v1/shipments                               ok   ok   ok   ok   ok   403  ok   ok   ok   401
GET   /api/v1/shipments/{record_id}                   ok   404  ok   ok   ok   403  ok   ok   ok   401
POST  /api/v1/shipments/{record_id}/deliver           403  403  403  403  403  403  ok   403  ok   401
POST  /api/v1/shipments/{record_id}/pick              403  403  403  403  403  403  ok   403  ok   401
POST  /api/v1/shipments/{record_id}/ship              403  403  403  403  403  403  ok   403  ok   401
GET   /api/v1/tasks                                   ok   ok   ok   ok   ok   ok   ok   ok   ok   401
POST  /api/v1/tasks                                   ok   ok   ok   ok   ok   ok   ok   403  ok   401
GET   /api/v1/tasks/{record_id}                       ok   404  ok   ok   404  404  404  ok   ok   401
PATCH /api/v1/tasks/{record_id}                       ok   404  403  403  404  404  404  403  403  401
POST  /api/v1/tasks/{record_id}/finish                ok   404  403  403  404  404  404  403  403  401
POST  /api/v1/tasks/{record_id}/reopen                ok   404  403  403  404  404  404  403  403  401
GET   /api/v1/users                                   ok   ok   ok   ok   ok   ok   ok   ok   ok   401
GET   /api/v1/users/{record_id}                       ok   ok   ok   ok   ok   ok   ok   ok   ok   401
GET   /api/v1/visits                                  ok   ok   ok   ok   403  403  403  ok   ok   401
POST  /api/v1/visits                                  ok   404  ok   ok   403  403  403  403  ok   401
POST  /api/v1/visits/plan                             ok   404  ok   ok   403  403  403  403  ok   401
GET   /api/v1/visits/{record_id}                      ok   404  ok   ok   404  404  404  ok   ok   401
POST  /api/v1/visits/{record_id}/cancel               ok   404  ok   ok   404  404  404  403  ok   401
POST  /api/v1/visits/{record_id}/check-in             ok   404  403  403  403  403  403  403  403  401
POST  /api/v1/visits/{record_id}/miss                 ok   404  ok   ok   404  404  404  403  ok   401
POST  /api/v1/visits/{record_id}/move                 ok   404  ok   ok   404  404  404  403  ok   401
"""

SUBJECTS: Mapping[str, Mapping[str, str]] = {
    # The record in the address, where it is another than the one named like the address.
    "POST /customers/{record_id}/claim": {"record_id": "pooled"},
    "GET /customers/{record_id}/assign": {"record_id": "pooled"},
    "POST /customers/{record_id}/assign": {"record_id": "pooled"},
    "GET /customers/{record_id}/move": {"record_id": "pooled"},
    "POST /customers/{record_id}/move": {"record_id": "pooled"},
    "POST /customers/{customer_id}/delete": {"customer_id": "lone"},
    "POST /customers/{customer_id}/restore": {"customer_id": "binned"},
    "POST /contacts/{contact_id}/restore": {"contact_id": "binned_contact"},
    "POST /leads/{record_id}/claim": {"record_id": "pooled_lead"},
    "GET /leads/{record_id}/assign": {"record_id": "pooled_lead"},
    "POST /leads/{record_id}/assign": {"record_id": "pooled_lead"},
    "GET /leads/{record_id}/move": {"record_id": "pooled_lead"},
    "POST /leads/{record_id}/move": {"record_id": "pooled_lead"},
    "POST /leads/{record_id}/team/{grant_id}/remove": {"grant_id": "lead_grant"},
    "POST /leads/{lead_id}/wake": {"lead_id": "invalid_lead"},
    "POST /leads/{lead_id}/restore": {"lead_id": "void_lead"},
    "POST /leads/bin/{lead_id}/restore": {"lead_id": "binned_lead"},
    "POST /opportunities/{record_id}/team/{grant_id}/remove": {"grant_id": "opportunity_grant"},
    "GET /opportunities/{opportunity_id}/reopen": {"opportunity_id": "lost_opportunity"},
    "POST /opportunities/{opportunity_id}/reopen": {"opportunity_id": "lost_opportunity"},
    "POST /opportunities/bin/{opportunity_id}/restore": {"opportunity_id": "binned_opportunity"},
    "POST /orders/{order_id}/withdraw": {"order_id": "waiting"},
    "POST /orders/{order_id}/void": {"order_id": "approved"},
    "GET /payments/{payment_id}/edit": {"payment_id": "draft_payment"},
    "POST /payments/{payment_id}": {"payment_id": "draft_payment"},
    "POST /api/v1/customers/{record_id}/claim": {"record_id": "pooled"},
    "POST /api/v1/customers/{record_id}/assign": {"record_id": "pooled"},
    "POST /api/v1/leads/{record_id}/claim": {"record_id": "pooled_lead"},
    "POST /api/v1/leads/{record_id}/assign": {"record_id": "pooled_lead"},
    "POST /api/v1/leads/{record_id}/wake": {"record_id": "invalid_lead"},
    "POST /api/v1/leads/{record_id}/restore": {"record_id": "void_lead"},
    "POST /api/v1/opportunities/{record_id}/reopen": {"record_id": "lost_opportunity"},
    "POST /api/v1/orders/{record_id}/withdraw": {"record_id": "waiting"},
    "POST /api/v1/orders/{record_id}/void": {"record_id": "approved"},
    "PATCH /api/v1/payments/{record_id}": {"record_id": "draft_payment"},
    "POST /api/v1/payments/{record_id}/submit": {"record_id": "draft_payment"},
}
WORDS = {
    "step": "pick", "decision": "confirm", "token": "no-such-token", "name": "customers.csv", "uuid": NO_FILE,
    "secret": "no-such-secret.ics",
}  # fmt: skip
"""Parts of addresses that are no ids."""
FRAGMENTS = frozenset(
    {
        "GET /customers/map/card/{record_id}",
        "GET /leads/map/card/{record_id}",
        "GET /customers/map/visit/{visit_id}",
        "GET /team/day/card/{visit_id}",
    }
)
"""Asked as a part of a page; whole, they lead on to another page."""
API_RECORDS = {
    "customers": "customer_id", "contacts": "contact_id", "pools": "pool_id", "followups": "followup_id",
    "products": "product_id", "orders": "order_id", "approvals": "approval_id", "shipments": "shipment_id",
    "leads": "lead_id", "payments": "payment_id", "users": "rep_id", "departments": "department_id",
    "visits": "visit_id", "opportunities": "opportunity_id", "pipelines": "pipeline_id", "tasks": "task_id",
}  # fmt: skip
"""What {record_id} is, by the noun before it."""
CUSTOMER = {"name": "Kelp & Co"}
LEAD = {"name": "Sun Li"}
DEAL = {"name": "Tea", "customer_id": "{customer_id}", "do": "save"}
CONTACT = {"customer_id": "{customer_id}", "name": "Li Wei"}
TOUCH = {"customer_id": "{customer_id}", "content": "Called"}
VISIT = {"customer_id": "{customer_id}", "result": "Shelf is full"}
PLAN = {"customer_id": "{customer_id}", "planned_on": "2026-03-09"}
TASK = {"title": "Count stock", "due_on": "2030-01-02"}
ENTRY = {"title": "Call", "starts_at": "2030-01-02T09:00"}
PRODUCT = {"code": "N-1", "name": "Cups", "list_price": "1.00"}
ORDER = {"customer_id": "{customer_id}", "do": "save", "lines.0.product_id": "{product_id}", "lines.0.quantity": "1"}
MONEY = {"order_id": "{approved}", "amount": "1.00", "method": "cash", "received_on": "2026-03-02"}
DECISION = {"step": "{open_step}", "record_version": "{open_version}", "reason": "No"}
ITEM = {"version": "{open_version}", "reason": "No"}
API_DECISION = {"step_id": "{open_step}", "record_version": "{open_version}", "comment": "No"}
API_ORDER = {"customer_id": "{customer_id}", "lines": [{"product_id": "{product_id}", "quantity": "1"}]}

BODIES: Mapping[str, Mapping[str, Any]] = {
    # What is sent; a refusal for want of a field would hide one for want of the right.
    "POST /customers": CUSTOMER,
    "POST /customers/{customer_id}": CUSTOMER,
    "POST /customers/{record_id}/release": {"reason": "No need"},
    "POST /customers/{record_id}/assign": {"user_id": "{rep2_id}"},
    "POST /customers/{record_id}/move": {"pool_id": "{pool_id}"},
    "POST /customers/{record_id}/transfer": {"user_id": "{rep2_id}"},
    "POST /customers/{record_id}/team": {"user_id": "{rep2_id}"},
    "POST /customers/claim": {"pick": "{pooled}"},
    "POST /customers/assign": {"pick": "{pooled}", "user_id": "{rep2_id}"},
    "POST /customers/move": {"pick": "{pooled}", "pool_id": "{pool_id}"},
    "POST /customers/transfer": {"pick": "{customer_id}", "user_id": "{rep2_id}"},
    "POST /leads": LEAD,
    "POST /leads/{lead_id}": LEAD,
    "POST /leads/{lead_id}/convert": {"to": "new", "customer_name": "Blue Bay", "kind": "company", "who": "none"},
    "POST /leads/{lead_id}/invalid": {"reason": "No answer"},
    "POST /leads/{lead_id}/void": {"reason": "A test"},
    "POST /leads/{record_id}/release": {"reason": "No need"},
    "POST /leads/{record_id}/assign": {"user_id": "{rep2_id}"},
    "POST /leads/{record_id}/move": {"pool_id": "{lead_pool_id}"},
    "POST /leads/{record_id}/transfer": {"user_id": "{rep2_id}"},
    "POST /leads/{record_id}/team": {"user_id": "{rep2_id}"},
    "POST /leads/claim": {"pick": "{pooled_lead}"},
    "POST /leads/assign": {"pick": "{pooled_lead}", "user_id": "{rep2_id}"},
    "POST /leads/move": {"pick": "{pooled_lead}", "pool_id": "{lead_pool_id}"},
    "POST /leads/transfer": {"pick": "{lead_id}", "user_id": "{rep2_id}"},
    "POST /opportunities": DEAL,
    "POST /opportunities/{opportunity_id}": DEAL,
    "POST /opportunities/board/move": {"id": "{opportunity_id}", "stage_id": "{stage_id}"},
    "POST /opportunities/transfer": {"pick": "{opportunity_id}", "user_id": "{rep2_id}"},
    "POST /opportunities/{opportunity_id}/contacts": {"contact_id": "{contact_id}", "role": "user"},
    "POST /opportunities/{opportunity_id}/reopen": {"reason": "They called"},
    "POST /opportunities/{opportunity_id}/stage": {"stage_id": "{stage_id}"},
    "POST /opportunities/{opportunity_id}/transfer": {"user_id": "{rep2_id}"},
    "POST /opportunities/{record_id}/team": {"user_id": "{rep2_id}"},
    "POST /conflicts/{disagreement_id}": {"choice": "theirs"},
    "POST /sync/records": RECORD,
    "POST /sync/files": NEW_FILE,
    "POST /contacts": CONTACT,
    "POST /contacts/{contact_id}": CONTACT,
    "POST /followups": TOUCH,
    "POST /followups/{followup_id}": TOUCH,
    "POST /visits/new": VISIT,
    "POST /visits/plan": PLAN,
    "POST /visits/{visit_id}/do": VISIT,
    "POST /visits/{visit_id}/cancel": {"reason": "Called off"},
    "POST /visits/{visit_id}/miss": {"reason": "Nobody there"},
    "POST /visits/{visit_id}/move": {"reason": "Rain", "planned_on": "2026-03-09"},
    "POST /beats/{beat_id}": {"customer_id": "{customer_id}", "weekdays": "1", "planned_on": "2026-03-02"},
    "POST /api/v1/visits": VISIT,
    "POST /api/v1/visits/plan": PLAN,
    "POST /api/v1/visits/{record_id}/cancel": {"reason": "Called off"},
    "POST /api/v1/visits/{record_id}/miss": {"reason": "Nobody there"},
    "POST /api/v1/visits/{record_id}/move": {"reason": "Rain", "planned_on": "2026-03-09"},
    "POST /calendar": ENTRY,
    "POST /tasks": TASK,
    "POST /tasks/{task_id}": TASK,
    "POST /api/v1/tasks": TASK,
    "POST /calendar/{entry_id}": ENTRY,
    "POST /products": PRODUCT,
    "POST /products/{product_id}": PRODUCT,
    "POST /orders": ORDER,
    "POST /orders/{order_id}": ORDER,
    "POST /orders/{order_id}/void": {"reason": "A mistake"},
    "POST /approvals/{approval_id}/confirm": DECISION,
    "POST /approvals/{approval_id}/reject": DECISION,
    "POST /inbox/{item_id}/confirm": ITEM,
    "POST /inbox/{item_id}/reject": ITEM,
    "POST /shipments/{shipment_id}/ship": {"carrier": "SF"},
    "POST /payments": MONEY,
    "POST /payments/{payment_id}": MONEY,
    "POST /imports": {"kind": "customers"},
    "POST /push/decide/{decision}": {"token": "no-such-token"},
    "POST /api/v1/customers": CUSTOMER,
    "PATCH /api/v1/customers/{record_id}": {"city": "Ningbo"},
    "POST /api/v1/customers/{record_id}/release": {"reason": "No need"},
    "POST /api/v1/customers/{record_id}/assign": {"user_id": "{rep2_id}"},
    "POST /api/v1/customers/{record_id}/transfer": {"user_id": "{rep2_id}"},
    "POST /api/v1/leads": LEAD,
    "PATCH /api/v1/leads/{record_id}": {"city": "Ningbo"},
    "POST /api/v1/leads/{record_id}/convert": {"customer_name": "Blue Bay", "contact": False},
    "POST /api/v1/leads/{record_id}/invalid": {"reason": "No answer"},
    "POST /api/v1/leads/{record_id}/void": {"reason": "A test"},
    "POST /api/v1/leads/{record_id}/release": {"reason": "No need"},
    "POST /api/v1/leads/{record_id}/assign": {"user_id": "{rep2_id}"},
    "POST /api/v1/leads/{record_id}/transfer": {"user_id": "{rep2_id}"},
    "POST /api/v1/opportunities": {"name": "Tea", "customer_id": "{customer_id}"},
    "PATCH /api/v1/opportunities/{record_id}": {"next_step": "Call"},
    "POST /api/v1/opportunities/{record_id}/reopen": {"reason": "They called"},
    "POST /api/v1/opportunities/{record_id}/stage": {"stage_id": "{stage_id}"},
    "POST /api/v1/opportunities/{record_id}/transfer": {"user_id": "{rep2_id}"},
    "POST /api/v1/contacts": CONTACT,
    "POST /api/v1/followups": TOUCH,
    "POST /api/v1/products": PRODUCT,
    "POST /api/v1/orders": API_ORDER,
    "POST /api/v1/orders/{record_id}/void": {"reason": "A mistake"},
    "POST /api/v1/approvals/{record_id}/confirm": API_DECISION,
    "POST /api/v1/approvals/{record_id}/reject": API_DECISION,
    "POST /api/v1/shipments/{record_id}/ship": {"carrier": "SF"},
    "POST /api/v1/payments": MONEY,
}
