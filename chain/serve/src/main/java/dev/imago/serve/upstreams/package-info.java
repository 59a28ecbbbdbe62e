/// Other servers that speak OpenAI's API: requests for their models are passed on, streams passed
/// through as they come. Read [Upstream] first.
@NullMarked
package dev.imago.serve.upstreams;

import org.jspecify.annotations.NullMarked;
