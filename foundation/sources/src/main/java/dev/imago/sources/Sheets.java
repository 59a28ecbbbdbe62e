package dev.imago.sources;

import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLStreamReader;

/// The sheets of an Excel workbook: each under its name, a row a line, with a tab between cells;
/// days as dates, formulas as what they came to.
final class Sheets {
  /// Cells beyond this column of one another are not spelled out as empty.
  private static final int MOST_EMPTY = 64;

  private final ZipParts parts;
  private final List<String> shared = new ArrayList<>();
  private final Set<Integer> dates = new HashSet<>();
  private final StringBuilder out = new StringBuilder();

  Sheets(ZipParts parts) {
    this.parts = parts;
  }

  String text() throws IOException {
    if (parts.has("xl/sharedStrings.xml")) {
      parts.read("xl/sharedStrings.xml", new Shared());
    }
    if (parts.has("xl/styles.xml")) {
      parts.read("xl/styles.xml", new Styles());
    }
    Map<String, String> relations = parts.relations("xl/workbook.xml");
    Map<String, String> sheets = new LinkedHashMap<>();
    parts.read(
        "xl/workbook.xml",
        new ZipParts.Elements() {
          @Override
          public void begin(String name, XMLStreamReader element) {
            if (name.equals("sheet")) {
              String target = relations.get(ZipParts.attribute(element, "id"));
              if (target != null) {
                sheets.put(ZipParts.attribute(element, "name"), target);
              }
            }
          }
        });
    for (var sheet : sheets.entrySet()) {
      if (parts.has(sheet.getValue())) {
        out.append(out.isEmpty() ? "" : "\n").append("# ").append(sheet.getKey()).append("\n\n");
        parts.read(sheet.getValue(), new Rows());
      }
    }
    return out.toString();
  }

  private final class Shared implements ZipParts.Elements {
    private final StringBuilder text = new StringBuilder();
    private boolean in;
    private boolean phonetic;

    @Override
    public void begin(String name, XMLStreamReader element) {
      in |= name.equals("t");
      phonetic |= name.equals("rPh");
    }

    @Override
    public void text(String more) {
      if (in && !phonetic) {
        text.append(more);
      }
    }

    @Override
    public void end(String name) {
      switch (name) {
        case "t" -> in = false;
        case "rPh" -> phonetic = false;
        case "si" -> {
          shared.add(text.toString());
          text.setLength(0);
        }
        default -> {}
      }
    }
  }

  /// Which of the cells' formats are those of days.
  private final class Styles implements ZipParts.Elements {
    private final Set<String> custom = new HashSet<>();
    private boolean formats;
    private int number;

    @Override
    public void begin(String name, XMLStreamReader element) {
      if (name.equals("numFmt")) {
        String code =
            ZipParts.attribute(element, "formatCode").replaceAll("\"[^\"]*\"|\\[[^\\]]*\\]", "");
        if (code.matches("(?i).*(yy|d.*m|m.*d).*")) {
          custom.add(ZipParts.attribute(element, "numFmtId"));
        }
      } else if (name.equals("cellXfs")) {
        formats = true;
      } else if (formats && name.equals("xf")) {
        String id = ZipParts.attribute(element, "numFmtId");
        if (id.matches("1[4-7]|22") || custom.contains(id)) {
          dates.add(number);
        }
        number++;
      }
    }

    @Override
    public void end(String name) {
      formats &= !name.equals("cellXfs");
    }
  }

  private final class Rows implements ZipParts.Elements {
    private final StringBuilder row = new StringBuilder();
    private final StringBuilder value = new StringBuilder();
    private String type = "";
    private int style;
    private int column;
    private int written;
    private boolean in;

    @Override
    public void begin(String name, XMLStreamReader element) {
      switch (name) {
        case "row" -> {
          row.setLength(0);
          column = 0;
          written = 0;
        }
        case "c" -> {
          type = ZipParts.attribute(element, "t");
          String format = ZipParts.attribute(element, "s");
          style = format.matches("[0-9]{1,6}") ? Integer.parseInt(format) : -1;
          String place = ZipParts.attribute(element, "r");
          column = place.isEmpty() ? column + 1 : column(place);
          value.setLength(0);
        }
        case "v", "t" -> in = true;
        default -> {}
      }
    }

    @Override
    public void text(String more) {
      if (in) {
        value.append(more);
      }
    }

    @Override
    public void end(String name) {
      switch (name) {
        case "v", "t" -> in = false;
        case "c" -> {
          String text = shown().replaceAll("\\s+", " ").strip();
          if (!text.isEmpty()) {
            int tabs = Math.min(MOST_EMPTY, Math.max(0, column - Math.max(1, written)));
            row.append("\t".repeat(written == 0 ? Math.min(MOST_EMPTY, column - 1) : tabs))
                .append(text);
            written = column;
          }
        }
        case "row" -> {
          if (!row.isEmpty()) {
            out.append(row).append('\n');
          }
        }
        default -> {}
      }
    }

    private String shown() {
      String raw = value.toString();
      if (type.equals("s")) {
        int index = raw.matches("[0-9]{1,9}") ? Integer.parseInt(raw) : -1;
        return index >= 0 && index < shared.size() ? shared.get(index) : "";
      } else if (type.equals("b")) {
        return raw.equals("1") ? "TRUE" : "FALSE";
      } else if (type.isEmpty() && dates.contains(style) && raw.matches("[0-9]{1,6}(\\.[0-9]+)?")) {
        // Days since 1899-12-30, as Excel counts from March 1900 on.
        return LocalDate.of(1899, 12, 30)
            .plusDays(Integer.parseInt(raw.replaceFirst("\\..*", "")))
            .toString();
      }
      return raw;
    }

    /// A is 1, AA 27.
    private static int column(String place) {
      int column = 0;
      for (int i = 0; i < place.length() && i < 4 && Character.isLetter(place.charAt(i)); i++) {
        column = column * 26 + Character.toUpperCase(place.charAt(i)) - 'A' + 1;
      }
      return Math.max(1, column);
    }
  }
}
