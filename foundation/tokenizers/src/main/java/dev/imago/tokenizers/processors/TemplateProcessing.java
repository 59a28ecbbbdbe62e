package dev.imago.tokenizers.processors;

import dev.imago.tokenizers.Encoding;
import dev.imago.tokenizers.json.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;

/// Texts and special tokens in the order of a template: one for a text, one for a text and its
/// pair.
///
/// @param special what each name in the templates stands for
public record TemplateProcessing(List<Piece> single, List<Piece> pair, Map<String, Tokens> special)
    implements PostProcessor {
  /// A part of a template.
  public sealed interface Piece {}

  /// The place of a text.
  ///
  /// @param index 0 for the text, 1 for its pair
  public record Text(int index, int typeId) implements Piece {}

  /// The place of special tokens.
  public record Name(String id, int typeId) implements Piece {}

  /// What a name stands for: often one token, at times several.
  public record Tokens(List<SpecialToken> tokens) {
    public Tokens {
      tokens = List.copyOf(tokens);
    }

    Encoding encoding(int typeId) {
      Encoding.Builder out = Encoding.builder();
      tokens.forEach(t -> t.add(out, typeId));
      return out.build();
    }
  }

  public TemplateProcessing {
    single = List.copyOf(single);
    pair = List.copyOf(pair);
    special = Collections.unmodifiableMap(new LinkedHashMap<>(special));
    check("single", single, 0, special);
    check("pair", pair, 1, special);
  }

  private static void check(
      String name, List<Piece> template, int mostIndex, Map<String, Tokens> special) {
    for (Piece piece : template) {
      switch (piece) {
        case Text(int index, int typeId) -> {
          if (index < 0 || index > mostIndex || typeId < 0) {
            throw new IllegalArgumentException(
                "%s has text %d of type %d, where texts are 0 … %d and types are not negative"
                    .formatted(name, index, typeId, mostIndex));
          }
        }
        case Name(String id, int typeId) -> {
          if (!special.containsKey(id) || typeId < 0) {
            throw new IllegalArgumentException(
                "%s has «%s» of type %d, where names are %s and types are not negative"
                    .formatted(name, id, typeId, special.keySet()));
          }
        }
      }
    }
  }

  /// At most one token before a text and one after it; a pair has them around each of its texts.
  ///
  /// @param before null for none
  /// @param after null for none
  public static TemplateProcessing around(
      @Nullable SpecialToken before, @Nullable SpecialToken after) {
    var special = new LinkedHashMap<String, Tokens>();
    var single = new ArrayList<Piece>();
    var pair = new ArrayList<Piece>();
    for (int text = 0; text < 2; text++) {
      var template = new ArrayList<Piece>();
      if (before != null) {
        special.putIfAbsent(before.token(), new Tokens(List.of(before)));
        template.add(new Name(before.token(), text));
      }
      template.add(new Text(text, text));
      if (after != null) {
        special.putIfAbsent(after.token(), new Tokens(List.of(after)));
        template.add(new Name(after.token(), text));
      }
      pair.addAll(template);
      if (text == 0) {
        single.addAll(template);
      }
    }
    return new TemplateProcessing(single, pair, special);
  }

  @Override
  public int added(boolean isPair) {
    return (isPair ? pair : single)
        .stream().mapToInt(p -> p instanceof Name n ? tokens(n).tokens().size() : 0).sum();
  }

  @Override
  public List<Encoding> each(List<Encoding> encodings, boolean addSpecial) {
    if (encodings.isEmpty() || encodings.size() > 2) {
      throw new IllegalArgumentException(
          "a template is for one text or two, not for the %d that another post-processor made of them; put TemplateProcessing first in the Sequence"
              .formatted(encodings.size()));
    }
    var out = new ArrayList<Encoding>();
    for (Piece piece : encodings.size() == 2 ? pair : single) {
      switch (piece) {
        case Text(int index, int typeId) ->
            out.add(encodings.get(index).withTypeId(typeId).withSequence(index));
        case Name name -> {
          if (addSpecial) {
            out.add(tokens(name).encoding(name.typeId()));
          }
        }
      }
    }
    return out;
  }

  private Tokens tokens(Name name) {
    Tokens tokens = special.get(name.id());
    if (tokens == null) {
      throw new IllegalStateException("«" + name.id() + "» was not checked");
    }
    return tokens;
  }

  @Override
  public void write(JsonGenerator out) {
    out.writeStartObject();
    out.writeStringProperty("type", "TemplateProcessing");
    write(out, "single", single);
    write(out, "pair", pair);
    out.writeObjectPropertyStart("special_tokens");
    special.forEach(
        (id, tokens) -> {
          out.writeObjectPropertyStart(id);
          out.writeStringProperty("id", id);
          out.writeArrayPropertyStart("ids");
          tokens.tokens().forEach(t -> out.writeNumber(t.id()));
          out.writeEndArray();
          out.writeArrayPropertyStart("tokens");
          tokens.tokens().forEach(t -> out.writeString(t.token()));
          out.writeEndArray();
          out.writeEndObject();
        });
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void write(JsonGenerator out, String name, List<Piece> template) {
    out.writeArrayPropertyStart(name);
    for (Piece piece : template) {
      out.writeStartObject();
      switch (piece) {
        case Text(int index, int typeId) -> {
          out.writeObjectPropertyStart("Sequence");
          out.writeStringProperty("id", index == 0 ? "A" : "B");
          out.writeNumberProperty("type_id", typeId);
        }
        case Name(String id, int typeId) -> {
          out.writeObjectPropertyStart("SpecialToken");
          out.writeStringProperty("id", id);
          out.writeNumberProperty("type_id", typeId);
        }
      }
      out.writeEndObject();
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  static TemplateProcessing read(Part part) {
    var special = new LinkedHashMap<String, Tokens>();
    Part all = part.part("special_tokens");
    for (String id : all.node().propertyNames()) {
      special.put(id, tokens(all.part(id)));
    }
    return new TemplateProcessing(
        template(part, "single", special), template(part, "pair", special), special);
  }

  private static Tokens tokens(Part part) {
    JsonNode ids = part.node().path("ids");
    List<String> tokens = part.strings("tokens");
    if (!ids.isArray() || ids.size() != tokens.size()) {
      throw part.wrong("ids", ids, "a list of as many ids as there are tokens,");
    }
    var pairs = new ArrayList<SpecialToken>();
    for (JsonNode id : ids) {
      if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
        throw part.wrong("ids[" + pairs.size() + "]", id, "an id");
      }
      pairs.add(new SpecialToken(tokens.get(pairs.size()), id.intValue()));
    }
    return new Tokens(pairs);
  }

  private static List<Piece> template(Part part, String name, Map<String, Tokens> special) {
    if (!part.node().path(name).isArray()) {
      throw part.wrong(name, part.node().path(name), "a list");
    }
    var template = new ArrayList<Piece>();
    for (Part piece : part.parts(name)) {
      if (piece.has("Sequence")) {
        Part text = piece.part("Sequence");
        String id = text.word("id", List.of("A", "B"), "");
        if (id.equals("B") && name.equals("single")) {
          throw piece.complaint(piece.path() + " asks for the pair, and a single text has none");
        }
        template.add(new Text(id.equals("A") ? 0 : 1, text.whole("type_id", 0, Integer.MAX_VALUE)));
      } else if (piece.has("SpecialToken")) {
        Part token = piece.part("SpecialToken");
        String id = token.string("id");
        if (!special.containsKey(id)) {
          throw token.wrong("id", token.node().path("id"), "a name that special_tokens explains");
        }
        template.add(new Name(id, token.whole("type_id", 0, Integer.MAX_VALUE)));
      } else {
        throw piece.complaint(piece.path() + " is neither a Sequence nor a SpecialToken");
      }
    }
    return template;
  }
}
