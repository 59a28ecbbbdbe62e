/// What every feature of the server stands on: routes and who may use them, requests field by
/// field, errors in OpenAI's form, the access log, TLS.
///
/// Knows no model, no answer and no page. Read [Feature] first, then [Router].
@NullMarked
package dev.imago.serve.http;

import org.jspecify.annotations.NullMarked;
