package dev.imago.tokenizers.normalizers;

import dev.imago.tokenizers.aligned.AlignedText;
import tools.jackson.core.JsonGenerator;

/// Takes out every mark, of whatever kind.
public final class StripAccentsNormalizer implements Normalizer {
  private final CharacterMap map;

  /// Where the JDK and the Rust library's tables (Unicode 9) do not agree whether a character is a
  /// mark: found by asking the library about all code points.
  private static final CodePoints OTHER_MARKS =
      CodePoints.of(
          """
          7fd 897-89f 8ca-8d3 9fe afa-aff b55 c04 c3c cf3 d00 d3b-d3c d81 eba ece 1715 180f 1abf-1ace
          1cf2-1cf3 1cf7 1df6-1dfa a82c a8ff 10d24-10d27 10d69-10d6d 10eab-10eac 10efc-10eff
          10f46-10f50 10f82-10f85 11070 11073-11074 110c2 11145-11146 111c9 111ce-111cf 11241 1133b
          113b8-113c0 113c2 113c5 113c7-113ca 113cc-113d0 113d2 113e1-113e2 1145e 1182c-1183a
          11930-11935 11937-11938 1193b-1193e 11940 11942-11943 119d1-119d7 119da-119e0 119e4
          11a01-11a0a 11a33-11a39 11a3b-11a3e 11a47 11a51-11a5b 11a8a-11a99 11d31-11d36 11d3a
          11d3c-11d3d 11d3f-11d45 11d47 11d8a-11d8e 11d90-11d91 11d93-11d97 11ef3-11ef6 11f00-11f01
          11f03 11f34-11f3a 11f3e-11f42 11f5a 13440 13447-13455 1611e-1612f 16f4f 16f7f-16f87 16fe4
          16ff0-16ff1 1cf00-1cf2d 1cf30-1cf46 1e08f 1e130-1e136 1e2ae 1e2ec-1e2ef 1e4ec-1e4ef
          1e5ee-1e5ef
          """);

  public StripAccentsNormalizer() {
    map = new CharacterMap(c -> isMark(c) ? "" : null);
  }

  private static boolean isMark(int c) {
    boolean isMark =
        switch (Character.getType(c)) {
          case Character.NON_SPACING_MARK,
              Character.ENCLOSING_MARK,
              Character.COMBINING_SPACING_MARK ->
              true;
          default -> false;
        };
    return isMark != OTHER_MARKS.contains(c);
  }

  @Override
  public AlignedText apply(AlignedText text) {
    return map.apply(text);
  }

  @Override
  public void write(JsonGenerator out) {
    Normalizer.writeType(out, "StripAccents");
  }
}
