package dev.imago.templates.jinja;

import java.util.List;

/// What a template wrote.
///
/// @param assistant the places of what stood in `{% generation %}`, in order
public record Rendering(String text, List<Span> assistant) {
  public Rendering {
    assistant = List.copyOf(assistant);
  }

  /// From a place in the text, in Java's characters, to before another.
  public record Span(int start, int end) {
    /// What is captured and then changed or thrown away may not stand where it was written.
    Span within(String text) {
      return new Span(Math.min(start, text.length()), Math.min(end, text.length()));
    }
  }
}
