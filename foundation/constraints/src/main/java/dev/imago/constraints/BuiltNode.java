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

  /// Another that leads where this one does.
  BuiltNode copy() {
    var copy = new BuiltNode();
    copy.accepting = accepting;
    copy.spans.addAll(spans);
    copy.calls.addAll(calls);
    return copy;
  }

  /// One that leads where this one does, and by a text to another node besides. What this one leads
  /// to is shared, but for the nodes along the text's beginning.
  BuiltNode with(String text, ByteNode target) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    BuiltNode root = copy();
    BuiltNode at = root;
    for (int i = 0; i < bytes.length - 1; i++) {
      int b = bytes[i] & 0xff;
      int known = at.literalSpan(b);
      BuiltNode next;
      if (known < 0) {
        next = new BuiltNode();
        at.span(b, b, next);
      } else {
        next = ((BuiltNode) at.spans.get(known).target()).copy();
        at.spans.set(known, new Span(b, b, next));
      }
      at = next;
    }
    int last = bytes[bytes.length - 1] & 0xff;
    at.span(last, last, target);
    return root;
  }

  /// The last span of this byte alone that leads to a node of this kind; −1 for none.
  private int literalSpan(int b) {
    for (int i = spans.size() - 1; i >= 0; i--) {
      Span span = spans.get(i);
      if (span.from() == b && span.to() == b && span.target() instanceof BuiltNode) {
        return i;
      }
    }
    return -1;
  }

  private BuiltNode child(int b) {
    int known = literalSpan(b);
    if (known >= 0) {
      return (BuiltNode) spans.get(known).target();
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
