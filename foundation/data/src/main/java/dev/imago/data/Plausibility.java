package dev.imago.data;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetEncoder;
import java.util.BitSet;
import java.util.List;
import java.util.stream.DoubleStream;

/// How much a reading of bytes looks like writing: a mean over its characters beyond ASCII, near 1
/// for common text, below 0 for what a wrong encoding gives.
///
/// The weights need no corpus: the makers of the national character sets put common characters into
/// one level and rare ones into another, and some dozens of characters make half of any text.
final class Plausibility {
  /// Half of a Chinese text, in both scripts.
  private static final String HANZI =
      "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市"
          + "這來國個說們為時會著過對裡後麼沒於還發當開見經頭動兩長樣現將與進實點種聲話兒問機給幾業間電門東氣關並產萬書風雲無誰歸處馬飛聞車樂愛難";

  private static final String HANGUL =
      "이다는의을에가고하한지도로를은서기사리자인어아시그대나일스정제라전과있해보주부수것들만게여장상원으니구조동무안우비경공신했면었습세요까생적";

  private static final String CJK_PUNCTUATION = "，。、：；？！“”‘’（）《》「」『』—…·\u3000〈〉【】～・ー々〜–";
  private static final String TYPOGRAPHY = "“”‘’«»„‚–—…•·\u00a0°§£€©®№™‹›";
  private static final String CYRILLIC = "абвгдежзийклмнопрстуфхцчшщъыьэюяёіїєґ";
  private static final String CYRILLIC_COMMON = "оеаинтсрвлкмдпуя";
  private static final String GREEK_COMMON = "αοιετσνηυρπκλμςάίόέή";
  private static final String HEBREW_COMMON = "יוהלארתםבמ";
  private static final String ARABIC_COMMON = "اليمونرتبةعدسف";
  private static final String THAI_COMMON = "านรอกเงมยลวดทสตะปบคหแจพชขใไโ";
  private static final String THAI_MARKS = "ัิีึืฺุู็่้๊๋์ํ๎";

  /// Letters beyond ASCII of languages that one table serves: a text has those of one.
  private static final List<String> WESTERN =
      List.of(
          "éèàêçôùûîïâœëæ",
          "äöüß",
          "áéíóúñüª",
          "ãõáéíóúâêôçàü",
          "àèéìòùî",
          "åäöæøéü",
          "ëïéèöü",
          "áéíóúýþæöð",
          "õäöüšž",
          "àçèéíïòóúü");

  private static final List<String> CENTRAL =
      List.of("áčďéěíňóřšťúůýž", "áäčďéíĺľňóôšťúýž", "ąćęłńóśźż", "áéíóöőúüű", "ăâîşţșț", "čćđšž");

  private static final List<String> TURKISH = List.of("çğıöşüâîû");

  private final BitSet hanzi = new BitSet();
  private final BitSet kanji = new BitSet();
  private final BitSet hangul = new BitSet();
  private final CharsetEncoder gbk = Charset.forName("GBK").newEncoder();

  Plausibility() {
    level("GB18030", 0xb0, 0xd7, hanzi);
    level("Big5", 0xa4, 0xc6, hanzi);
    level("windows-31j", 0x88, 0x97, kanji);
    level("EUC-KR", 0xb0, 0xc8, hangul);
  }

  /// Marks the characters of a national set's first level: those of some leading bytes.
  private static void level(String charset, int from, int to, BitSet level) {
    boolean high = !charset.equals("Big5") && !charset.equals("windows-31j");
    Charset decoder = Charset.forName(charset);
    for (int lead = from; lead <= to; lead++) {
      for (int trail = high ? 0xa1 : 0x40; trail <= 0xfe; trail++) {
        decoder
            .decode(ByteBuffer.wrap(new byte[] {(byte) lead, (byte) trail}))
            .chars()
            .filter(c -> c >= 0x3400 && c < 0xfb00)
            .forEach(level::set);
      }
    }
  }

  /// One character's weight where it stands.
  private interface Weight {
    double of(String text, int at, char c);
  }

  private static double mean(String text, Weight weight) {
    double sum = 0;
    int n = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= 0x80 && !Character.isLowSurrogate(c)) {
        n++;
        sum += c == '\ufffd' ? -5 : weight.of(text, i, c);
      }
    }
    return n == 0 ? -1 : sum / n;
  }

  /// @param fourBytes whether the encoding has characters of four bytes, whose pattern is so odd
  ///   that it proves the encoding: GB18030
  double chinese(String text, boolean fourBytes) {
    return mean(
        text,
        (all, at, c) -> {
          boolean inWord =
              at > 0
                  && at + 1 < all.length()
                  && isLatin(all.charAt(at - 1))
                  && isLatin(all.charAt(at + 1));
          if (inWord && isHan(c)) {
            return -1;
          } else if (HANZI.indexOf(c) >= 0) {
            return 1.5;
          } else if (hanzi.get(c)) {
            return 0.3;
          } else if (CJK_PUNCTUATION.indexOf(c) >= 0) {
            return 0.5;
          } else if (c >= '\uff01' && c <= '\uff5e') {
            return 0.3;
          } else if (fourBytes && !gbk.canEncode(c) && !isPrivate(c)) {
            return 1;
          } else if (isHan(c)) {
            return -1;
          } else if (isKana(c)) {
            return -0.3;
          }
          // Signs and letters with marks: the set has them, but other encodings' bytes fall there
          // too.
          return isPrivate(c) ? -2 : fourBytes && gbk.canEncode(c) ? 0.1 : -1;
        });
  }

  double japanese(String text) {
    return mean(
        text,
        (all, at, c) -> {
          if (c >= '\u3041' && c <= '\u3096') {
            return 1;
          } else if (isKana(c)) {
            return 0.6;
          } else if (kanji.get(c)) {
            return 0.3;
          } else if (CJK_PUNCTUATION.indexOf(c) >= 0) {
            return 0.5;
          } else if (c >= '\uff01' && c <= '\uff5e') {
            return 0.2;
          } else if (c >= '\uff61' && c <= '\uff9f') {
            return -0.7;
          }
          return isHan(c) ? -0.5 : -1.5;
        });
  }

  double korean(String text) {
    return mean(
        text,
        (all, at, c) -> {
          if (HANGUL.indexOf(c) >= 0) {
            return 1.2;
          } else if (hangul.get(c)) {
            return 0.3;
          } else if (CJK_PUNCTUATION.indexOf(c) >= 0) {
            return 0.3;
          } else if (c >= '\uac00' && c <= '\ud7a3') {
            return -0.5;
          }
          return isHan(c) ? -0.3 : -1.5;
        });
  }

  double cyrillic(String text) {
    return mean(
        text,
        (all, at, c) -> {
          char lower = Character.toLowerCase(c);
          if (CYRILLIC.indexOf(lower) < 0) {
            return TYPOGRAPHY.indexOf(c) >= 0 ? 0.3 : -1.5;
          }
          char before = at == 0 ? ' ' : all.charAt(at - 1);
          char after = at + 1 == all.length() ? ' ' : all.charAt(at + 1);
          if (isLatin(before) || isLatin(after)) {
            return -2;
          } else if (c != lower) {
            return Character.isLowerCase(before) ? -1 : 0.3;
          }
          return CYRILLIC_COMMON.indexOf(c) >= 0 ? 1.2 : 0.2;
        });
  }

  double greek(String text) {
    return letters(text, 'Ά', 'ώ', GREEK_COMMON);
  }

  double hebrew(String text) {
    return letters(text, 'א', 'ת', HEBREW_COMMON);
  }

  double arabic(String text) {
    return letters(text, '،', 'ْ', ARABIC_COMMON);
  }

  double thai(String text) {
    return mean(
        text,
        (all, at, c) -> {
          char before = at == 0 ? ' ' : all.charAt(at - 1);
          char after = at + 1 == all.length() ? ' ' : all.charAt(at + 1);
          if (isLatin(before) || isLatin(after)) {
            return -2;
          } else if (THAI_MARKS.indexOf(c) >= 0) {
            boolean carried = before >= 'ก' && before <= 'ฮ' || THAI_MARKS.indexOf(before) >= 0;
            return carried ? 0.6 : -3;
          }
          return THAI_COMMON.indexOf(c) >= 0 ? 0.6 : c >= 'ก' && c <= '๛' ? 0.2 : -1.5;
        });
  }

  /// An alphabet of its own: its words hold no Latin letter, and no capital after a small letter.
  private static double letters(String text, char first, char last, String common) {
    return mean(
        text,
        (all, at, c) -> {
          if (c < first || c > last) {
            return TYPOGRAPHY.indexOf(c) >= 0 ? 0.3 : -1.5;
          }
          char before = at == 0 ? ' ' : all.charAt(at - 1);
          char after = at + 1 == all.length() ? ' ' : all.charAt(at + 1);
          if (isLatin(before) || isLatin(after)) {
            return -2;
          } else if (Character.isUpperCase(c)) {
            return Character.isLowerCase(before) ? -1 : 0.3;
          }
          return common.indexOf(c) >= 0 ? 1.2 : 0.2;
        });
  }

  double western(String text) {
    return latin(text, WESTERN);
  }

  double central(String text) {
    return latin(text, CENTRAL);
  }

  double turkish(String text) {
    return latin(text, TURKISH);
  }

  /// Latin letters with marks stand singly between plain ones, and are those of one language.
  private static double latin(String text, List<String> alphabets) {
    double best = -5;
    for (String alphabet : alphabets) {
      best = Math.max(best, mean(text, (all, at, c) -> latin(all, at, c, alphabet)));
    }
    return best;
  }

  private static double latin(String text, int at, char c, String alphabet) {
    char lower = c == 'İ' ? 'ı' : Character.toLowerCase(c);
    if (!Character.isLetter(c)) {
      return TYPOGRAPHY.indexOf(c) >= 0 ? 0.5 : -0.8;
    } else if (alphabet.indexOf(lower) < 0) {
      return -0.5;
    }
    char before = at == 0 ? ' ' : text.charAt(at - 1);
    char after = at + 1 == text.length() ? ' ' : text.charAt(at + 1);
    if (c != lower) {
      return Character.isLowerCase(before) ? -1 : isLatin(after) ? 0.4 : -0.2;
    }
    boolean run = isMarked(before) || isMarked(after);
    boolean word = isLatin(before) || isLatin(after);
    return run ? (word ? 0.4 : -1) : word ? 0.8 : 0.2;
  }

  private static boolean isMarked(char c) {
    return c >= 0x80 && Character.isLetter(c);
  }

  /// Whether a reading of two or four bytes a character is text: nearly none of its characters is
  /// unassigned or has 0 as its low byte, as the other byte order gives for ASCII; and what is not
  /// ASCII is writing, which pairs of ASCII read as one character are not.
  boolean wide(String text) {
    int odd = 0;
    int ascii = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean fine =
          c < 0x80
              ? c >= ' ' || c == '\n' || c == '\r' || c == '\t'
              : Character.isSurrogate(c)
                  || (Character.isDefined(c)
                      && !isPrivate(c)
                      && !Character.isISOControl(c)
                      && ((c & 0xff) != 0 || c == '\u3000' || c == '\u4e00'));
      odd += fine ? 0 : 1;
      ascii += c < 0x80 ? 1 : 0;
    }
    if (odd * 50 > text.length()) {
      return false;
    }
    return 2 * ascii >= text.length()
        || DoubleStream.of(
                chinese(text, false),
                japanese(text),
                korean(text),
                cyrillic(text),
                greek(text),
                hebrew(text),
                arabic(text),
                thai(text),
                western(text))
            .anyMatch(score -> score > 0.1);
  }

  private static boolean isLatin(char c) {
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
  }

  private static boolean isHan(char c) {
    return c >= '\u3400' && c <= '\u9fff' || c >= '\uf900' && c <= '\ufaff';
  }

  private static boolean isKana(char c) {
    return c >= '\u3041' && c <= '\u30fc';
  }

  private static boolean isPrivate(char c) {
    return c >= '\ue000' && c <= '\uf8ff';
  }
}
