package dev.imago.corpus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.imago.core.Binder;
import dev.imago.core.ConfigException;
import dev.imago.data.Document;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// C4's, FineWeb's, FineWeb2's and the Chinese rules, each on its bound and past it.
class RuleSetsTest {
  private static ProseRules of(RuleSet... sets) {
    var d = ProseRules.defaults();
    return new ProseRules(
        d.minWords(),
        d.maxWords(),
        d.minMeanWordLength(),
        d.maxMeanWordLength(),
        d.maxSymbolRatio(),
        d.maxBulletLines(),
        d.maxEllipsisLines(),
        d.minAlphabeticWords(),
        d.minStopWords(),
        d.maxDuplicateLines(),
        d.maxDuplicateParagraphs(),
        d.maxDuplicateLineCharacters(),
        d.maxDuplicateParagraphCharacters(),
        d.maxTopNgrams(),
        d.maxDuplicateNgrams(),
        List.of(sets),
        "",
        d.quality());
  }

  private static Optional<BrokenRule> ask(RuleSet set, String language, String rule, String text) {
    List<Rule<Prose>> named =
        of(set).rules(language).stream().filter(r -> r.name().equals(rule)).toList();
    assertEquals(1, named.size(), rule);
    return Rule.firstBroken(named, new Prose(text));
  }

  private static void passes(RuleSet set, String language, String rule, String text) {
    assertEquals(Optional.empty(), ask(set, language, rule, text));
  }

  private static void breaks(
      RuleSet set, String language, String rule, double measured, String text) {
    assertEquals(measured, ask(set, language, rule, text).orElseThrow().measured(), 1e-9);
  }

  /// Lines, all different, of at least 31 characters.
  private static String lines(int from, int count, String end) {
    return IntStream.range(from, from + count)
        .mapToObj(i -> "This is the line of the number %05d%s".formatted(i, end))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void theUsualSetIsGophers() {
    assertEquals(List.of(RuleSet.GOPHER), ProseRules.defaults().sets());
    assertTrue(
        ProseRules.defaults().rules("en").stream().allMatch(r -> r.name().startsWith("gopher-")));
    assertThrows(ConfigException.class, () -> of(RuleSet.C4, RuleSet.C4));
  }

  @Test
  void c4CutsOutLinesThatEndInNoMarkAreShortOrSpeakOfScriptsAndPolicies() {
    String kept = "This one stays here.\nAnd so does «this»!";
    String text =
        "Menu\nThis one[12] stays here.[edit]\nNo mark at its end\nTwo words.\nAnd so on...\n"
            + "Please switch Javascript on.\nRead our Privacy Policy now.\n"
            + "x".repeat(1001)
            + " is too long.\n  And so does «this»!  ";
    assertEquals(kept, C4Lines.kept(text));
    assertEquals("", C4Lines.kept(""));
  }

  @Test
  void c4DropsPagesOfFourSentencesOfBracketsAndOfLoremIpsum() {
    String four = "One is here. Two is here! Is three here?\nFour is here.";
    breaks(RuleSet.C4, "en", "c4-sentences", 4, four);
    passes(RuleSet.C4, "en", "c4-sentences", four + " \"And five.\"");
    breaks(RuleSet.C4, "en", "c4-curly-brackets", 1, "if (a) { b.");
    breaks(RuleSet.C4, "en", "c4-lorem-ipsum", 1, "Here stands Lorem ipsum dolor.");
    // A line that a later rule would cut out is seen by the page's rule first.
    assertTrue(C4Lines.kept("A lorem ipsum of javascript.").contains("lorem"));
    assertTrue(C4Lines.kept("A { of our privacy policy.").contains("{"));
  }

  @Test
  void linesAreCutOutOfEnglishProseAndOfNothingElse() {
    var d = CorpusRules.defaults();
    ObjectNode settings = JsonMapper.shared().createObjectNode();
    settings.putObject("prose").putArray("sets").add("c4");
    var filter = new DocumentFilter(Binder.bind("prepare", settings, d));
    String line = "It was a long day in the old town, and the people walked home. ";
    String english = "Home | Contact | About us\n" + line.repeat(8).strip();
    String chinese = "我们在学校的图书馆里看了一本很有意思的书，它是去年出版的。".repeat(8);
    for (String text : List.of(english, chinese)) {
      var document = new Document("a", text, "", Map.of());
      Judgement judgement = filter.judge(document);
      assertEquals(Optional.empty(), judgement.broken());
      int cut = text.equals(english) ? text.indexOf('\n') + 1 : 0;
      assertEquals(text.substring(cut).getBytes(StandardCharsets.UTF_8).length, judgement.bytes());
      assertEquals(0, judgement.licence());
    }
    String endless = lines(0, 30, ", which goes on and on and never comes to an end");
    var document = new Document("b", endless, "", Map.of());
    assertEquals("c4-sentences", filter.judge(document).broken().orElseThrow().rule());
  }

  @Test
  void fineWebAsksForLineEndsLongLinesAndNoRepetition() {
    String ended = lines(0, 13, ".") + "\n" + lines(13, 87, "");
    passes(RuleSet.FINEWEB, "en", "fineweb-line-ends", ended);
    breaks(
        RuleSet.FINEWEB,
        "en",
        "fineweb-line-ends",
        0.12,
        lines(0, 12, ".") + "\n" + lines(12, 88, ""));
    breaks(
        RuleSet.FINEWEB,
        "en",
        "fineweb-short-lines",
        0.67,
        lines(0, 33, ".") + "\nshort line.".repeat(67));
    passes(
        RuleSet.FINEWEB,
        "en",
        "fineweb-short-lines",
        lines(0, 34, ".") + "\nshort line.".repeat(66));
    breaks(
        RuleSet.FINEWEB,
        "en",
        "fineweb-duplicate-line-characters",
        0.01,
        lines(0, 99, "") + "\n" + lines(0, 1, ""));
    passes(RuleSet.FINEWEB, "en", "fineweb-new-lines", lines(0, 9, "."));
    assertTrue(ask(RuleSet.FINEWEB, "en", "fineweb-new-lines", "a\nb\nc\nd").isPresent());
  }

  @Test
  void fineWeb2HasBoundsOfEachLanguage() {
    assertEquals(List.of(), of(RuleSet.FINEWEB2).rules("yo"));
    for (String language : FineWeb2Rules.languages()) {
      assertEquals(16, of(RuleSet.FINEWEB2).rules(language).size(), language);
    }
    passes(RuleSet.FINEWEB2, "de", "fineweb2-stop-words", "Der Hund und die Katze");
    breaks(RuleSet.FINEWEB2, "de", "fineweb2-stop-words", 1, "Der Hund bellt");
    passes(RuleSet.FINEWEB2, "ko", "fineweb2-stop-words", "나는 학교에서 책을 읽었다");
    String half = lines(0, 10, "。") + "\n" + lines(10, 90, "");
    breaks(RuleSet.FINEWEB2, "zh", "fineweb2-line-ends", 0.1, half);
    passes(RuleSet.FINEWEB2, "ja", "fineweb2-line-ends", half);
    passes(RuleSet.FINEWEB2, "de", "fineweb2-mean-word-length", "Donaudampfer");
    assertTrue(
        ask(RuleSet.FINEWEB2, "fr", "fineweb2-mean-word-length", "Donaudampfer").isPresent());
  }

  @Test
  void theChineseRulesKnowBoilerplateWidthAndRepetition() {
    String good = "我们在学校的图书馆里看了一本很有意思的书，它是去年出版的。";
    assertEquals(
        Optional.empty(),
        Rule.firstBroken(of(RuleSet.CHINESE).rules("zh"), new Prose(good.repeat(1))));
    breaks(
        RuleSet.CHINESE,
        "zh",
        "zh-boilerplate-lines",
        0.5,
        good + "\n京ICP备12345678号\n" + good + "\n版权所有 2020");
    breaks(RuleSet.CHINESE, "zh", "zh-stop-words", 0, "苹果香蕉，梨。");
    breaks(RuleSet.CHINESE, "zh", "zh-full-width", 0.5, "ＡＢ12");
    breaks(RuleSet.CHINESE, "zh", "zh-repeated-characters", 0.8, "哈哈哈哈好");
    breaks(RuleSet.CHINESE, "zh", "zh-marks", 0, "没有标点的一句话");
    breaks(RuleSet.CHINESE, "zh", "zh-ideographs", 0.25, "abc好");
    assertEquals(List.of(), of(RuleSet.CHINESE).rules("en"));
  }

  @Test
  void whoAsksForNoLengthGetsNone() {
    assertEquals(
        Optional.empty(),
        Rule.firstBroken(List.of(of(RuleSet.C4).length(TextForm.PROSE)), new Prose("short")));
    assertTrue(
        Rule.firstBroken(List.of(of(RuleSet.GOPHER).length(TextForm.PROSE)), new Prose("short"))
            .isPresent());
  }

  @Test
  void everyRuleOfEverySetSaysItsSourceAndItsSetting() {
    var d = CorpusRules.defaults();
    for (RuleSet set : RuleSet.values()) {
      for (Rule<Prose> rule : of(set).rules("zh")) {
        assertTrue(!rule.source().isEmpty() && !d.settings(rule.name()).isEmpty(), rule.name());
      }
    }
    assertEquals(List.of("prose.sets=[GOPHER]"), d.settings("zh-marks"));
  }
}
