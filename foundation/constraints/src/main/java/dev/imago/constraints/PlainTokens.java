package dev.imago.constraints;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The part of a vocabulary that is made of plain characters: those that inside a JSON string stand
/// for themselves. Where a rule does not tell them apart, which is so inside most strings, all of
/// these tokens are decided at once, and the walk goes through the rest alone.
final class PlainTokens {
  /// Characters of the longest.
  private static final int LONGEST = 32;

  private static final CodeRanges PLAIN =
      new CodeRanges.Builder()
          .add(0x20, '"' - 1)
          .add('"' + 1, '\\' - 1)
          .add('\\' + 1, 0x7e)
          .add(0xa0, 0x2027)
          .add(0x202a, CodeRanges.LAST)
          .build();

  private final BuiltNode bytes = new BuiltNode();

  /// By characters, the tokens of so many or fewer.
  private final long[][] upTo = new long[LONGEST + 1][];

  private final ByteTree others;

  PlainTokens(byte[][] tokens) {
    Utf8Nodes.add(bytes, PLAIN, BuiltNode.end());
    byte[][] rest = tokens.clone();
    long[][] of = new long[LONGEST + 1][(tokens.length + 63) >>> 6];
    for (int id = 0; id < tokens.length; id++) {
      int length = plainLength(tokens[id]);
      if (length > 0) {
        of[length][id >>> 6] |= 1L << id;
        rest[id] = new byte[0];
      }
    }
    upTo[0] = of[0];
    for (int n = 1; n <= LONGEST; n++) {
      upTo[n] = Arrays.copyOf(upTo[n - 1], upTo[n - 1].length);
      for (int w = 0; w < upTo[n].length; w++) {
        upTo[n][w] |= of[n][w];
      }
    }
    this.others = ByteTree.of(rest);
  }

  /// 0 for a token that is not plain, or too long.
  private static int plainLength(byte[] token) {
    if (token.length == 0 || token.length > 4 * LONGEST) {
      return 0;
    }
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(token)).toString();
      int[] characters = text.codePoints().toArray();
      boolean plain = Arrays.stream(characters).allMatch(PLAIN::contains);
      return plain && characters.length <= LONGEST ? characters.length : 0;
    } catch (CharacterCodingException e) {
      return 0;
    }
  }

  /// The tokens that are not plain.
  ByteTree others() {
    return others;
  }

  /// The plain tokens that may come next; null where the rule tells plain characters apart, and
  /// each has to be looked at.
  long @Nullable [] allowed(Position from, PositionTable table) {
    Position at = from;
    for (int n = 0; n < LONGEST; n++) {
      Position next = following(at, table);
      if (next == Position.SEVERAL) {
        return null;
      }
      if (next == Position.DEAD) {
        return upTo[n].clone();
      }
      if (next == at) {
        break;
      }
      at = next;
    }
    return upTo[LONGEST].clone();
  }

  /// The position after any plain character; [Position#DEAD] where none may come,
  /// [Position#SEVERAL] where it depends on which.
  private Position following(Position from, PositionTable table) {
    Position known = from.afterPlain;
    if (known == null) {
      long before = table.begin();
      known = look(bytes, from, table, new HashMap<>());
      table.goOn(before);
      from.afterPlain = known;
    }
    return known;
  }

  private record Visit(BuiltNode node, Position at) {}

  private static Position look(
      BuiltNode node, Position from, PositionTable table, Map<Visit, Position> seen) {
    Position all = null;
    for (ByteNode.Span span : node.spans()) {
      BuiltNode target = (BuiltNode) span.target();
      Position before = null;
      for (int b = span.from(); b <= span.to(); b++) {
        Position to = table.step(from, b);
        if (to == before) {
          continue;
        }
        before = to;
        Position end = to;
        if (to != Position.DEAD && !target.accepts()) {
          var visit = new Visit(target, to);
          Position known = seen.get(visit);
          if (known == null) {
            known = look(target, to, table, seen);
            seen.put(visit, known);
          }
          end = known;
        }
        if (end == Position.SEVERAL || all != null && end != all) {
          return Position.SEVERAL;
        }
        all = end;
      }
    }
    return all == null ? Position.DEAD : all;
  }
}
