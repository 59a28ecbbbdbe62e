/// The models that are served: by name, with all that the server asks of one.
///
/// Knows of HTTP only its features; what a model is made of it knows in [EngineBackend] alone. Read
/// [Backend] first.
@NullMarked
package dev.imago.serve.models;

import org.jspecify.annotations.NullMarked;
