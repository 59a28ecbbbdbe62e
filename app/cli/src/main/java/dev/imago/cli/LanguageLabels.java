package dev.imago.cli;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The languages that are told apart, and what packages call them.
final class LanguageLabels {
  /// ISO 639-1; Chinese is told apart by its script.
  private static final String LANGUAGES =
      "af ar az be bg bn bs ca cs cy da de el en eo es et eu fa fi fr ga gu he hi hr hu hy id is it"
          + " ja ka kk ko la lg lt lv mi mk mn mr ms nb nl nn pa pl pt ro ru sk sl sn so sq sr st"
          + " sv sw ta te th tl tn tr ts uk ur vi xh yo zh-Hans zh-Hant zu";

  /// As the Universal Declaration of Human Rights has them: ISO 639-3, with the text's script or
  /// country behind where there are several.
  private static final String DECLARATIONS =
      "afr:af als:sq arb:ar hye:hy azj_latn:az eus:eu bel:be ben:bn nob:nb bos_latn:bs bul:bg"
          + " cat:ca cmn_hans:zh-Hans cmn_hant:zh-Hant hrv:hr ces:cs dan:da nld:nl eng:en epo:eo"
          + " est:et fin:fi fra:fr lug:lg kat:ka deu_1996:de ell_monotonic:el guj:gu heb:he hin:hi"
          + " hun:hu isl:is ind:id gle:ga ita:it jpn:ja kaz:kk kor:ko lat:la lat_1:la lav:lv lit:lt"
          + " mkd:mk mly_latn:ms mri:mi mar:mr khk:mn nno:nn pes_1:fa pes_2:fa pol:pl por_BR:pt"
          + " por_PT:pt pan:pa ron_2006:ro ron_1993:ro rus:ru srp_cyrl:sr sna:sn slk:sk slv:sl"
          + " som:so sot:st spa:es swh:sw swe:sv tgl:tl tam:ta tel:te tha:th tso_MZ:ts tso_ZW:ts"
          + " tsn:tn tur:tr ukr:uk urd:ur vie:vi cym:cy xho:xh yor:yo zul:zu";

  private static final Map<String, String> OTHER_NAMES =
      Map.of("no", "nb", "fil", "tl", "in", "id", "iw", "he", "ekk", "et");

  /// Chinese of these places is written in traditional characters.
  private static final Set<String> TRADITIONAL = Set.of("tw", "hk", "mo", "hant");

  /// Spellings that are not the usual one: other scripts, and texts that are another language's.
  private static final Set<String> UNUSUAL =
      Set.of(
          "latn",
          "latin",
          "cyrl",
          "arab",
          "arabic",
          "el",
          "ijekavian",
          "tarask",
          "valencia",
          "formal",
          "informal",
          "rtl",
          "kana",
          "cans");

  private final Set<String> known = new LinkedHashSet<>(java.util.List.of(LANGUAGES.split(" ")));
  private final Map<String, String> declarations = new HashMap<>();

  LanguageLabels() {
    for (String pair : DECLARATIONS.split(" ")) {
      declarations.put(pair.substring(0, pair.indexOf(':')), pair.substring(pair.indexOf(':') + 1));
    }
  }

  Set<String> known() {
    return known;
  }

  /// The label of a locale such as `pt_BR`, `zh-TW`, `sr@latin`; null for one that is not told.
  @Nullable String of(String locale) {
    String[] parts = locale.toLowerCase(Locale.ROOT).split("[-_@]");
    for (int i = 1; i < parts.length; i++) {
      if (UNUSUAL.contains(parts[i])) {
        return null;
      }
    }
    String language = OTHER_NAMES.getOrDefault(parts[0], parts[0]);
    if (language.equals("zh")) {
      return parts.length > 1 && TRADITIONAL.contains(parts[1]) ? "zh-Hant" : "zh-Hans";
    }
    return known.contains(language) ? language : null;
  }

  /// The label of a file of the declaration; null for one that is not told.
  @Nullable String ofDeclaration(String name) {
    return declarations.get(name);
  }
}
