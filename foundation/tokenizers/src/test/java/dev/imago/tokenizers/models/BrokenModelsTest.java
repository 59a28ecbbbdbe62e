package dev.imago.tokenizers.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.tokenizers.json.Part;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/// What a broken model says, and that what is read is written again.
class BrokenModelsTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private static TokenModel read(String json) {
    return TokenModel.read(new Part("tokenizer.json", "model", JSON.readTree(json)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      value = {
        "{'type':'Bpe'} ~ model has the type \"Bpe\"",
        "{'type':'BPE','vocab':[],'merges':[]} ~ model.vocab is a list, where an object is needed",
        "{'type':'BPE','vocab':{'a':-1},'merges':[]} ~ «a» the id -1",
        "{'type':'BPE','vocab':{'a':2147483647},'merges':[]} ~ «a» the id 2147483647",
        "{'type':'BPE','vocab':{'a':99999999999},'merges':[]} ~ «a» the id 99999999999",
        "{'type':'BPE','vocab':{'a':1.5},'merges':[]} ~ «a» the id 1.5",
        "{'type':'BPE','vocab':{'a':'0'},'merges':[]} ~ «a» the id \"0\"",
        "{'type':'BPE','vocab':{'a':0,'b':0},'merges':[]} ~ «a» and «b» have the same id 0",
        "{'type':'BPE','vocab':{'a':0}} ~ model.merges is missing",
        "{'type':'BPE','vocab':{'a':0},'merges':['a b']} ~ model.merges[0] is \"a b\", but «b» is"
            + " not",
        "{'type':'BPE','vocab':{'a':0},'merges':['a a']} ~ «aa» is not in model.vocab",
        "{'type':'BPE','vocab':{'a':0},'merges':['a']} ~ two tokens with one space",
        "{'type':'BPE','vocab':{'a':0},'merges':[['a']]} ~ a pair of strings",
        "{'type':'BPE','vocab':{'a':0},'merges':[['a',1]]} ~ a pair of strings",
        "{'type':'BPE','vocab':{'a':0},'merges':[],'dropout':2} ~ a probability in 0 … 1",
        "{'type':'BPE','vocab':{'a':0},'merges':[],'fuse_unk':1} ~ true or false",
        "{'type':'Unigram','vocab':{'a':0}} ~ model.vocab is an object, where a list is needed",
        "{'type':'Unigram','vocab':[['a']]} ~ model.vocab[0] is",
        "{'type':'Unigram','vocab':[['a',0],['b','x']]} ~ model.vocab[1] is",
        "{'type':'Unigram','vocab':[['a',1e999]]} ~ model.vocab[0] is",
        "{'type':'Unigram','vocab':[['a',0]],'unk_id':1} ~ model.unk_id is 1, where a whole number"
            + " in 0 … 0",
        "{'type':'WordPiece','vocab':{'a':0},'max_input_chars_per_word':-1} ~"
            + " max_input_chars_per_word is -1",
        "{'type':'WordLevel','vocab':{'a':0},'unk_token':7} ~ model.unk_token is 7, where a string",
      })
  void aBrokenModelSaysWhereAndWhat(String json, String said) {
    var complaint =
        assertThrows(IllegalArgumentException.class, () -> read(json.replace('\'', '"')));
    String message = String.valueOf(complaint.getMessage());
    assertTrue(message.startsWith("tokenizer.json: ") && message.contains(said), message);
  }

  @Test
  void anUnknownPieceWithoutATokenForItSaysSo() {
    var complaint =
        assertThrows(
            IllegalArgumentException.class,
            () -> Tokenized.of(new WordLevelModel(Map.of("a", 0), "<unk>"), "b"));
    assertTrue(String.valueOf(complaint.getMessage()).contains("«b» is not in the vocabulary"));
  }

  @Test
  void whatIsWrittenReadsTheSame() {
    var random = new RandomModels(61);
    for (int i = 0; i < 80; i++) {
      TokenModel model = read(JSON.writeValueAsString(random.next(i)));
      String written = written(model);
      TokenModel again = read(written);
      assertEquals(written, written(again));
      for (int k = 0; k < 20; k++) {
        String text = random.text(12);
        assertEquals(Tokenized.of(model, text), Tokenized.of(again, text), written);
      }
    }
  }

  private static String written(TokenModel model) {
    var out = new StringWriter();
    try (JsonGenerator generator = JSON.createGenerator(out)) {
      model.write(generator);
    }
    return out.toString();
  }

  @Test
  void oldFilesTellTheirKindByWhatTheyHold() {
    assertEquals(BpeModel.class, read("{\"vocab\":{\"a\":0},\"merges\":[]}").getClass());
    assertEquals(UnigramModel.class, read("{\"vocab\":[[\"a\",0]],\"unk_id\":0}").getClass());
    assertEquals(WordLevelModel.class, read("{\"vocab\":{\"a\":0}}").getClass());
    assertEquals(
        WordPieceModel.class,
        read("{\"vocab\":{\"a\":0},\"max_input_chars_per_word\":9}").getClass());
  }

  @Test
  void dropoutLeavesMergesOutAsTheSourceSays() {
    var options = new BpeModel.Options(0.5, null, null, null, false, false, false);
    var merges = List.of(new BpeModel.Merge(0, 1, 2, 0), new BpeModel.Merge(2, 2, 3, 1));
    var model = new BpeModel(Map.of("a", 0, "b", 1, "ab", 2, "abab", 3), merges, options);
    var seen = new ArrayList<List<Integer>>();
    for (long seed = 0; seed < 40; seed++) {
      List<Integer> ids =
          Tokenized.of(model.with(new Random(seed * 0x9E3779B97F4A7C15L)), "abab").ids();
      assertEquals(
          ids, Tokenized.of(model.with(new Random(seed * 0x9E3779B97F4A7C15L)), "abab").ids());
      if (!seen.contains(ids)) {
        seen.add(ids);
      }
    }
    assertTrue(seen.contains(List.of(3)) && seen.contains(List.of(0, 1, 0, 1)), seen.toString());
  }

  @Test
  void longPiecesMergeAsShortOnesDo() {
    var vocabulary = new LinkedHashMap<String, Integer>();
    var merges = new ArrayList<BpeModel.Merge>();
    vocabulary.put("a", 0);
    for (int i = 1; i <= 10; i++) {
      vocabulary.put("a".repeat(1 << i), i);
      merges.add(new BpeModel.Merge(i - 1, i - 1, i, i - 1));
    }
    var model = new BpeModel(vocabulary, merges, BpeModel.Options.NONE);
    List<Integer> ids = Tokenized.of(model, "a".repeat((1 << 20) + 3)).ids();
    assertEquals(1024 + 2, ids.size());
    assertEquals(List.of(10, 1, 0), ids.subList(1023, 1026));
  }
}
