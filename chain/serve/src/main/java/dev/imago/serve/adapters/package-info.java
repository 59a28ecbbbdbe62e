/// Adapters that come and go while a server runs: `/v1/load_lora_adapter`,
/// `/v1/unload_lora_adapter`.
@NullMarked
package dev.imago.serve.adapters;

import org.jspecify.annotations.NullMarked;
