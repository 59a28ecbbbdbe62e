/// What every feature of a server stands on: routes and who may use them, requests field by field,
/// errors in OpenAI's form, the access log, TLS.
///
/// Knows no model, no answer and no page. Read [Feature] first, then [Router].
@NullMarked
package dev.imago.http;

import org.jspecify.annotations.NullMarked;
