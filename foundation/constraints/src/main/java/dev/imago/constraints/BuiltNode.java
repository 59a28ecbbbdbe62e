package dev.imago.constraints;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A node whose edges are added one by one, before it is first read.
final class BuiltNode extends ByteNode {
  private boolean accepting;
  private final List<Span> spans = new ArrayList<>();
  private final List<Call> calls = new ArrayList<>();

  static BuiltNode end() {
    var node = new BuiltNode();
    node.accept();
    return node;
  }

  void accept() {
    accepting = true;
  }

  boolean accepts() {
    return accepting;
  }

  List<Span> spans() {
    return spans;
  }

  List<Call> calls() {
    return calls;
  }

  void span(int from, int to, ByteNode target) {
    spans.add(new Span(from, to, target));
  }

  void call(ByteNode start, ByteNode after) {
    calls.add(new Call(start, after));
  }

  /// The node at the end of these bytes, beside what is already here with the same beginning.
  BuiltNode literal(byte[] bytes) {
    BuiltNode at = this;
    for (byte b : bytes) {
      at = at.child(b & 0xff);
    }
    return at;
  }

  BuiltNode literal(String text) {
    return literal(text.getBytes(StandardCharsets.UTF_8));
  }

  private BuiltNode child(int b) {
    for (int i = spans.size() - 1; i >= 0; i--) {
      Span span = spans.get(i);
      if (span.from() == b && span.to() == b && span.target() instanceof BuiltNode built) {
        return built;
      }
    }
    var next = new BuiltNode();
    span(b, b, next);
    return next;
  }

  @Override
  Edges expand() {
    return new Edges(accepting, spans, calls);
  }
}
