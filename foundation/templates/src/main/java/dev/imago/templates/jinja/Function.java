package dev.imago.templates.jinja;

/// A function, a macro or a method of a value.
@FunctionalInterface
interface Function {
  Object call(Arguments arguments);
}
