/// What is done with each field of each route: one table a route, by which requests are checked and
/// from which `docs/serving-fields.md` is written.
///
/// Read [RouteFields] first.
@NullMarked
package dev.imago.serve.fields;

import org.jspecify.annotations.NullMarked;
