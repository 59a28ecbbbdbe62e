package dev.imago.tokenizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.added.AddedToken;
import dev.imago.tokenizers.decoders.Decoder;
import dev.imago.tokenizers.json.Part;
import dev.imago.tokenizers.processors.PostProcessor;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Broken parts of a file get one message, whole ones come back as they were.
class PartsFuzzTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static String refused(Function<Part, ?> read, String json) {
    JsonNode node = JSON.readTree(json.replace('\'', '"'));
    return assertThrows(
            IllegalArgumentException.class, () -> read.apply(RandomParts.part(node)), json)
        .getMessage();
  }

  @Test
  void aTemplateMustExplainItsNames() {
    String template = "{'type':'TemplateProcessing','single':[%s],'pair':[],'special_tokens':{%s}}";
    assertEquals(
        "tokenizer.json: part.single[0].SpecialToken.id is \"[CLS]\", where a name that"
            + " special_tokens explains is needed; get the file again from where it came, or mend"
            + " it there",
        refused(
            PostProcessor::read,
            template.formatted("{'SpecialToken':{'id':'[CLS]','type_id':0}}", "")));
    assertTrue(
        refused(PostProcessor::read, template.formatted("{'Sequence':{'id':'B','type_id':0}}", ""))
            .contains("part.single[0] asks for the pair"));
    assertTrue(
        refused(PostProcessor::read, template.formatted("{'X':1}", ""))
            .contains("neither a Sequence nor a SpecialToken"));
    for (String ids : List.of("[1,2]", "7", "[-1]", "['1']", "[4294967296]")) {
      assertTrue(
          refused(
                  PostProcessor::read,
                  template.formatted("", "'x':{'id':'x','ids':" + ids + ",'tokens':['x']}"))
              .contains("part.special_tokens.x.ids"),
          ids);
    }
  }

  @Test
  void whatIsUnknownOrOfTheWrongTypeIsNamed() {
    assertTrue(
        refused(PostProcessor::read, "{'type':'Bert'}").contains("the known ones are BertProc"));
    assertTrue(refused(Decoder::read, "{'type':'Magic'}").contains("the known ones are BPEDeco"));
    assertTrue(
        refused(PostProcessor::read, "{'type':'BertProcessing','sep':['x'],'cls':['y',1]}")
            .contains("part.sep is a list"));
    assertTrue(
        refused(Decoder::read, "{'type':'Strip','content':'ab','start':0,'stop':0}")
            .contains("part.content is \"ab\", where one character is needed"));
    assertTrue(
        refused(Decoder::read, "{'type':'Strip','content':'a','start':-1,'stop':0}")
            .contains("part.start is -1"));
    assertTrue(
        refused(Decoder::read, "{'type':'Replace','pattern':{'Regex':'('},'content':''}")
            .contains("part.pattern.Regex: "));
    assertTrue(
        refused(
                Decoder::read,
                "{'type':'Metaspace','add_prefix_space':false,'prepend_scheme':'always'}")
            .contains("add_prefix_space false and prepend_scheme always"));
    assertTrue(refused(Decoder::read, "{'type':'Sequence'}").contains("part.decoders is missing"));
  }

  @Test
  void replacementsThatGrowWithoutBoundAreRefused() {
    Map<String, Object> grow =
        Map.of("type", "Replace", "pattern", Map.of("String", "a"), "content", "aa");
    var json = Map.of("type", "Sequence", "decoders", Collections.nCopies(100, grow));
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> Decoder.read(RandomParts.part(json)))
            .getMessage()
            .contains("times as long"));
  }

  @Test
  void partsThatAreWrittenAreReadBack() {
    var parts = new RandomParts(61);
    for (int i = 0; i < 300; i++) {
      Object json = parts.postProcessor();
      if (json != null) {
        PostProcessor read = PostProcessor.read(RandomParts.part(json));
        assertEquals(JSON.valueToTree(json), JSON.readTree(written(read::write)));
      }
      json = parts.decoder();
      if (json != null) {
        Decoder read = Decoder.read(RandomParts.part(json));
        assertEquals(JSON.valueToTree(json), JSON.readTree(written(read::write)));
      }
    }
    var token = new AddedToken(7, "<x>", true, false, true, false, true);
    assertEquals(token, AddedToken.read(RandomParts.part(JSON.readTree(written(token::write)))));
  }

  private static String written(Consumer<JsonGenerator> part) {
    var text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      part.accept(out);
    }
    return text.toString();
  }

  @Test
  void brokenPartsGetAMessageAndNothingElse() {
    var parts = new RandomParts(62);
    int refused = 0;
    for (int i = 0; i < 6_000; i++) {
      boolean isDecoder = i % 2 == 0;
      Object made = isDecoder ? parts.decoder() : parts.postProcessor();
      if (made == null) {
        continue;
      }
      JsonNode json = JSON.valueToTree(made);
      breakOne(parts, json);
      try {
        if (isDecoder) {
          Decoder.read(RandomParts.part(json)).decode(List.of("a▁", "<0xC3>", "b"));
        } else {
          PostProcessor.read(RandomParts.part(json))
              .process(RandomParts.encoding(List.of("a", "Ġ")), null, true);
        }
      } catch (IllegalArgumentException e) {
        assertTrue(String.valueOf(e.getMessage()).length() > 20, e::toString);
        refused++;
      }
    }
    assertTrue(refused > 2_000, refused + " were refused");
  }

  /// Puts something else in the place of one value, or takes it out.
  private static void breakOne(RandomParts parts, JsonNode root) {
    var places = new ArrayList<Runnable>();
    collect(parts, root, places);
    if (!places.isEmpty()) {
      parts.any(places).run();
    }
  }

  private static void collect(RandomParts parts, JsonNode node, List<Runnable> places) {
    List<@Nullable Object> others =
        new ArrayList<>(List.of("", "x", 7, -1, 1e300, true, List.of(), Map.of(), Long.MAX_VALUE));
    others.add(null);
    if (node instanceof ObjectNode object) {
      for (String name : List.copyOf(object.propertyNames())) {
        places.add(() -> object.set(name, JSON.valueToTree(parts.any(others))));
        places.add(() -> object.remove(name));
        collect(parts, object.get(name), places);
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        int at = i;
        places.add(() -> array.set(at, JSON.<JsonNode>valueToTree(parts.any(others))));
        collect(parts, array.get(i), places);
      }
    }
  }
}
