package dev.imago.constraints;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A set of texts, whatever it was read from, over no tokenizer yet: [TokenTrie#constrain] makes a
/// constraint of it. Thread-safe.
///
/// ```java
/// TokenConstraint yesOrNo = TokenTrie.of(tokenizer).constrain(Grammar.choice(List.of("yes", "no")));
/// ```
public final class Grammar {
  /// Bytes of all choices together.
  private static final int MOST_CHOICE_BYTES = 4 << 20;

  private final ByteNode start;
  private int ids;

  Grammar(ByteNode start) {
    this.start = start;
  }

  ByteNode start() {
    return start;
  }

  int nextId() {
    return ids++;
  }

  /// One of these texts.
  ///
  /// @throws ConstraintException where there are none, one is empty, or they are too long together
  public static Grammar choice(List<String> texts) {
    if (texts.isEmpty()) {
      throw new ConstraintException("no choices; give one text at least");
    }
    var root = new BuiltNode();
    long bytes = 0;
    for (String text : texts) {
      if (text.isEmpty()) {
        throw new ConstraintException("a choice is empty; each has one character at least");
      }
      bytes += text.length();
      if (bytes > MOST_CHOICE_BYTES) {
        throw new ConstraintException(
            "the choices have more than %,d characters together; give fewer or shorter ones"
                .formatted(MOST_CHOICE_BYTES));
      }
      root.literal(text).accept();
    }
    return new Grammar(root);
  }

  /// One text.
  public static Grammar literal(String text) {
    var root = new BuiltNode();
    root.literal(text).accept();
    return new Grammar(root);
  }

  /// A text of each, one behind the other. The parts belong to the whole from then on: nothing else
  /// is to be made of them.
  public static Grammar inOrder(List<Grammar> parts) {
    var root = new BuiltNode();
    BuiltNode at = root;
    for (Grammar part : parts) {
      var next = new BuiltNode();
      at.call(part.taken(), next);
      at = next;
    }
    at.accept();
    return new Grammar(root);
  }

  /// A text of one of them. The parts belong to the whole, as those of [#inOrder] do.
  public static Grammar either(List<Grammar> parts) {
    if (parts.isEmpty()) {
      throw new ConstraintException("no alternatives; give one at least");
    }
    var root = new BuiltNode();
    BuiltNode end = BuiltNode.end();
    parts.forEach(part -> root.call(part.taken(), end));
    return new Grammar(root);
  }

  /// One text of a part after another, with something between two of them. The part and what is
  /// between belong to the whole, as those of [#inOrder] do.
  ///
  /// @param between not empty
  public static Grammar list(Grammar part, String between) {
    var root = new BuiltNode();
    var after = new BuiltNode();
    root.call(part.taken(), after);
    after.accept();
    after.literal(between).call(root, BuiltNode.end());
    return new Grammar(root);
  }

  private ByteNode taken() {
    if (ids > 0) {
      throw new IllegalStateException("a grammar that is in use cannot be a part of another");
    }
    return start;
  }

  /// A whole text that fits a regular expression: see [RegexReader] for the dialect.
  ///
  /// @throws ConstraintException for what is broken, no regular language, or too large
  public static Grammar regex(String regex) {
    return regex(regex, new Work("the regular expression"));
  }

  static Grammar regex(String regex, Work work) {
    TextPattern pattern = RegexReader.read(regex, work);
    return new Grammar(
        pattern.hasEdges()
            ? new DfaNodes(TextNfa.dfa(pattern, false, work), DfaNodes.Spelling.PLAIN).start()
            : PatternNodes.of(Map.of(GbnfReader.ROOT, pattern), GbnfReader.ROOT, work));
  }

  /// A text of the rule `root` of a grammar in llama.cpp's GBNF.
  ///
  /// @throws ConstraintException for what is broken, begins with itself, has no text, or is too
  ///   large
  public static Grammar gbnf(String grammar) {
    return gbnf(grammar, new Work("the grammar"));
  }

  static Grammar gbnf(String grammar, Work work) {
    Map<String, TextPattern> rules = GbnfReader.read(grammar, work);
    return new Grammar(PatternNodes.of(rules, GbnfReader.ROOT, work));
  }

  /// A JSON value that meets a schema of draft 2020-12: docs/constraints.md has what is enforced,
  /// what is passed over and how the value is written.
  ///
  /// @throws ConstraintException for a keyword that is not supported, by name; for what is broken,
  ///   excludes every value, or is too large
  public static Grammar jsonSchema(String schema) {
    return jsonSchema(schema, Map.of());
  }

  /// The same, with other documents that it may refer to.
  ///
  /// @param others schemas by address
  public static Grammar jsonSchema(String schema, Map<String, String> others) {
    return jsonSchema(schema, others, new Work("the schema"));
  }

  static Grammar jsonSchema(String schema, Map<String, String> others, Work work) {
    Map<String, JsonNode> documents = new LinkedHashMap<>();
    JsonNode root = SchemaReader.parse(schema);
    documents.put(SchemaReader.HERE, root);
    others.forEach((address, other) -> documents.put(address, SchemaReader.parse(other)));
    var sat = new Satisfiability(new Formulas(work));
    try {
      Formula formula = new SchemaReader(sat, documents).read(root);
      return new Grammar(new JsonNodes(sat).start(formula));
    } catch (StackOverflowError e) { // levels and references together, each within its bound
      throw new ConstraintException(
          "the schema has too many levels and references inside one another; make it flatter");
    }
  }

  /// A JSON object, whatever is in it.
  public static Grammar jsonObject() {
    var sat = new Satisfiability(new Formulas(new Work("any object")));
    return new Grammar(new JsonNodes(sat).start(sat.formulas().types(Formula.OBJECT)));
  }

  /// Whether a text is one of them, looked at byte by byte as an answer is.
  public synchronized boolean matches(String text) {
    var table = new PositionTable(this);
    Position at = table.start();
    for (byte b : text.getBytes(java.nio.charset.StandardCharsets.UTF_8)) {
      var _ = table.begin();
      at = table.step(at, b & 0xff);
      if (at == Position.DEAD) {
        return false;
      }
    }
    return at.accepting;
  }
}
