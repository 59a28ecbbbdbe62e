package dev.imago.data;

import dev.imago.data.Rows.Item;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The rows of JSON values that stand one after another: an array's elements, streamed; an object,
/// or the elements of the arrays of objects in it.
final class JsonRows extends Rows {
  /// Numbers keep the digits that they are written with: `1.50` is no `1.5` to whoever wrote it.
  static final JsonMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at \\[.*");

  /// An object at the root is held whole.
  private static final long ROOT_CHARS = 256L << 20;

  private final Counted in;
  private final int maxChars;
  private final Deque<Item> ready = new ArrayDeque<>();
  private @Nullable JsonParser parser;
  private boolean inArray;
  private boolean done;

  JsonRows(Reader in, int maxChars) {
    this.in = new Counted(in);
    this.maxChars = maxChars;
  }

  @Override
  public @Nullable Item next() throws IOException {
    while (ready.isEmpty() && !done) {
      long line = 0;
      try {
        JsonParser json = parser();
        JsonToken token = json.nextToken();
        line = json.currentTokenLocation().getLineNr();
        if (token == null) {
          done = true;
        } else if (token == JsonToken.END_ARRAY) {
          inArray = false;
        } else if (token == JsonToken.START_ARRAY && !inArray) {
          inArray = true;
        } else {
          in.limit = in.count + (inArray ? maxChars : ROOT_CHARS);
          JsonNode value = json.readValueAsTree();
          in.limit = Long.MAX_VALUE;
          take(line, value);
        }
      } catch (JacksonException e) {
        done = true;
        if (e.getCause() instanceof TooLarge) {
          ready.add(new Item.Broken(line, 1, large(inArray ? maxChars : ROOT_CHARS)));
        } else if (e.getCause() instanceof IOException io) {
          throw io;
        } else {
          ready.add(broken(0, e));
        }
      }
    }
    return ready.poll();
  }

  private JsonParser parser() {
    if (parser == null) {
      parser =
          EXACT
              .rebuild()
              .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
              .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
              .build()
              .createParser(in);
    }
    return parser;
  }

  private void take(long line, JsonNode value) {
    if (inArray || !(value instanceof ObjectNode object) || TextField.find(object) != null) {
      ready.add(new Item.Row(line, named(value)));
      return;
    }
    int before = ready.size();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      JsonNode held = field.getValue();
      if (held.isArray() && !held.isEmpty() && held.get(0).isContainer()) {
        held.forEach(row -> ready.add(new Item.Row(line, named(row))));
      }
    }
    boolean map = object.size() > 1 && object.valueStream().allMatch(JsonNode::isObject);
    if (map) {
      object.forEach(row -> ready.add(new Item.Row(line, row)));
    } else if (ready.size() == before) {
      ready.add(new Item.Row(line, object));
    }
  }

  /// A row with names: an array of scalars gets those of a table without a header.
  static JsonNode named(JsonNode row) {
    if (!row.isArray() || row.isEmpty() || !row.valueStream().allMatch(JsonNode::isValueNode)) {
      return row;
    }
    ObjectNode named = JsonMapper.shared().createObjectNode();
    int column = 0;
    for (JsonNode value : row) {
      named.set("column" + ++column, value);
    }
    return named;
  }

  static Item.Broken broken(long linesBefore, JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return new Item.Broken(
        linesBefore + Math.max(1, at == null ? 1 : at.getLineNr()),
        Math.max(1, at == null ? 1 : at.getColumnNr()),
        what(e));
  }

  /// What is wrong, without the parser's note of its own settings.
  private static String what(JacksonException e) {
    String first = e.getOriginalMessage().lines().findFirst().orElse("no JSON");
    return START_MARKER.matcher(first).replaceFirst("");
  }

  static String large(long chars) {
    return "a row of more than %,d characters".formatted(chars);
  }

  @Override
  public boolean isByLine() {
    return false;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /// Stops a value that would fill the memory.
  private static final class Counted extends FilterReader {
    private long count;
    private long limit = Long.MAX_VALUE;

    Counted(Reader in) {
      super(in);
    }

    @Override
    public int read(char[] to, int offset, int length) throws IOException {
      if (count > limit) {
        throw new TooLarge();
      }
      int read = super.read(to, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
