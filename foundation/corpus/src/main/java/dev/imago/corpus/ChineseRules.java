package dev.imago.corpus;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Rules of Chinese prose, all ours, since the published ones are made for words between blanks:
/// what good Chinese pages have (ideographs, marks, the commonest words, words of usual length, as
/// HanLP cuts them) and what bad ones have (full-width letters, one character again and again,
/// lines that no page is read for: ICP numbers, copyright, licences of business, calls to log in).
final class ChineseRules {
  private static final String SOURCE = "ours";

  /// Function words that running text has, simplified and traditional alike.
  private static final Set<String> STOP_WORDS =
      Set.of(
          "的", "了", "在", "是", "和", "有", "不", "也", "就", "这", "這", "人", "我", "他", "为", "為", "与", "與",
          "上", "到", "说", "說", "中", "以", "之", "而", "其", "于", "於", "对", "對");

  private static final String MARKS = "，。！？；：、“”‘’「」『』《》（）…—,.!?;:";
  private static final int RUN = 4;

  private static final Pattern BOILERPLATE =
      Pattern.compile(
          "ICP\\s*[备備证證]|公[网網]安[备備]|[增值]*[电電]信[业業][务務][经經][营營]|版[权權]所有|[Aa]ll [Rr]ights"
              + " [Rr]eserved|[Cc]opyright\\s*[©(]|^\\s*©|未[经經](?:书面)?授[权權]|[转轉][载載][请請]注明"
              + "|[联聯][系繫]我[们們]|[关關]于我[们們]|友情[链鏈]接|隐私[政条][策款]|免[责責][声聲]明"
              + "|[点點][击擊](?:这里|此[处處]|查看)|上一[篇页頁]|下一[篇页頁]|返回(?:首[页頁]|[顶頂]部)"
              + "|[扫掃](?:一[扫掃]|[码碼])|[关關]注(?:微信)?公[众眾][号號]|[责責]任[编編][辑輯]");

  private ChineseRules() {}

  /// Those that ask for words come last: cutting costs more than all others.
  static List<Rule<Prose>> rules() {
    var words = new CutWords();
    return List.of(
        Rule.atLeast("zh-ideographs", SOURCE, ChineseRules::ideographs, 0.4),
        new Rule<>("zh-marks", SOURCE, ChineseRules::marks, 0.01, 0.35),
        Rule.atMost("zh-full-width", SOURCE, ChineseRules::fullWidth, 0.1),
        Rule.atMost("zh-repeated-characters", SOURCE, ChineseRules::repeated, 0.1),
        Rule.atMost("zh-boilerplate-lines", SOURCE, ChineseRules::boilerplate, 0.3),
        Rule.atLeast("zh-stop-words", SOURCE, prose -> stopWords(words.of(prose)), 2),
        Rule.atLeast("zh-stop-word-share", SOURCE, prose -> stopShare(words.of(prose)), 0.05),
        new Rule<>("zh-mean-word-length", SOURCE, prose -> meanLength(words.of(prose)), 1.2, 3));
  }

  /// Words of Chinese, cut where a rule first asks for them; of traditional characters in their
  /// simplified form, which the dictionary has.
  private static final class CutWords {
    private @Nullable ChineseWordCutter cutter;

    List<String> of(Prose prose) {
      return prose.chineseWords(cutter());
    }

    private synchronized ChineseWordCutter cutter() {
      ChineseWordCutter made = cutter;
      if (made == null) {
        made = cutter = new ChineseWordCutter();
      }
      return made;
    }
  }

  /// The share of ideographs in the characters that are no blank.
  private static double ideographs(Prose prose) {
    String text = prose.text();
    long visible = text.chars().filter(c -> !Character.isWhitespace(c)).count();
    return visible == 0 ? 0 : (double) han(text) / visible;
  }

  private static long han(String text) {
    return text.chars().filter(c -> c > '~' && Words.ideograph(c)).count();
  }

  /// Marks, of either width, to an ideograph.
  private static double marks(Prose prose) {
    long han = han(prose.text());
    long marks = prose.text().chars().filter(c -> MARKS.indexOf(c) >= 0).count();
    return han == 0 ? 0 : (double) marks / han;
  }

  /// How many different ones occur, as words.
  private static double stopWords(List<String> words) {
    return words.stream().filter(STOP_WORDS::contains).distinct().count();
  }

  /// The share of words of ideographs that are HanLP's stop words.
  private static double stopShare(List<String> words) {
    long stop = words.stream().filter(ChineseWordCutter::isStopWord).count();
    return words.isEmpty() ? 0 : (double) stop / words.size();
  }

  /// Characters a word of ideographs.
  private static double meanLength(List<String> words) {
    return words.stream().mapToInt(String::length).average().orElse(0);
  }

  /// The share of letters and digits that stand in full width.
  private static double fullWidth(Prose prose) {
    String text = prose.text();
    long letters = text.chars().filter(Character::isLetterOrDigit).count();
    long wide =
        text.chars()
            .filter(c -> c >= '０' && c <= '９' || c >= 'Ａ' && c <= 'Ｚ' || c >= 'ａ' && c <= 'ｚ')
            .count();
    return letters == 0 ? 0 : (double) wide / letters;
  }

  /// The share of characters in runs of four and more of one letter or mark.
  private static double repeated(Prose prose) {
    String text = prose.text();
    long inRuns = 0;
    long visible = 0;
    for (int i = 0; i < text.length(); ) {
      int end = i + 1;
      while (end < text.length() && text.charAt(end) == text.charAt(i)) {
        end++;
      }
      if (!Character.isWhitespace(text.charAt(i))) {
        visible += end - i;
        inRuns += end - i >= RUN ? end - i : 0;
      }
      i = end;
    }
    return visible == 0 ? 0 : (double) inRuns / visible;
  }

  /// The share of lines that are boilerplate.
  private static double boilerplate(Prose prose) {
    List<String> lines = prose.lines();
    long found = lines.stream().filter(line -> BOILERPLATE.matcher(line).find()).count();
    return lines.isEmpty() ? 0 : (double) found / lines.size();
  }
}
