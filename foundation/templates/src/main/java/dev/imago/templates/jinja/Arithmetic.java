package dev.imago.templates.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/// Python's operators: integers of any size (to a bound), floats, and sums and multiples of strings
/// and lists.
final class Arithmetic {
  /// Of an integer: what 4,300 digits need, more than which Python does not write.
  private static final int MAX_BITS = 14_300;

  private static final BigInteger LONG_MIN = BigInteger.valueOf(Long.MIN_VALUE);
  private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

  private Arithmetic() {}

  /// A Long where one is enough.
  static Object normal(BigInteger n) {
    if (n.compareTo(LONG_MIN) >= 0 && n.compareTo(LONG_MAX) <= 0) {
      return n.longValueExact();
    }
    if (n.bitLength() > MAX_BITS) {
      throw tooLarge();
    }
    return n;
  }

  private static TemplateException tooLarge() {
    return new TemplateException("an integer of more than " + MAX_BITS + " bits");
  }

  static BigInteger big(Object value) {
    return value instanceof BigInteger n ? n : BigInteger.valueOf(Python.integer(value));
  }

  static Object binary(String operator, Object left, Object right) {
    if (left instanceof Undefined u) {
      // As Python asks a string's own «%» first.
      throw u.error();
    }
    if (operator.equals("%") && Python.isText(left)) {
      String text = PercentFormat.format(Python.string(left), right, left instanceof Markup);
      return left instanceof Markup ? new Markup(text) : text;
    }
    if (right instanceof Undefined u) {
      throw u.error();
    }
    if (Python.isNumber(left) && Python.isNumber(right)) {
      return left instanceof Double || right instanceof Double
          ? floats(operator, Python.real(left), Python.real(right))
          : integers(operator, left, right);
    }
    if (operator.equals("+")) {
      return join(left, right);
    }
    if (operator.equals("*") && Python.isInteger(right)) {
      return multiple(left, Python.integer(right), right);
    }
    if (operator.equals("*") && Python.isInteger(left)) {
      return multiple(right, Python.integer(left), left);
    }
    throw mismatch(operator, left, right);
  }

  private static TemplateException mismatch(String operator, Object left, Object right) {
    return new TemplateException(
        "%s and %s cannot go with «%s»: %s, %s"
            .formatted(
                Python.kind(left),
                Python.kind(right),
                operator,
                Repr.shortly(left),
                Repr.shortly(right)));
  }

  private static Object join(Object left, Object right) {
    if (left instanceof Markup a && Python.isText(right)) {
      return new Markup(Text.concat(a.text(), Markup.escape(right).text()));
    }
    if (right instanceof Markup b && left instanceof String a) {
      return new Markup(Text.concat(Markup.escaped(a), b.text()));
    }
    if (left instanceof String a && right instanceof String b) {
      return Text.concat(a, b);
    }
    if (left instanceof Range || right instanceof Range) {
      throw mismatch("+", left, right);
    }
    if (left instanceof List<?> a && right instanceof List<?> b) {
      return concat(a, b);
    }
    if ((left instanceof Tuple || left instanceof GroupedItems)
        && (right instanceof Tuple || right instanceof GroupedItems)) {
      return new Tuple(concat(tuple(left), tuple(right)));
    }
    throw mismatch("+", left, right);
  }

  private static List<Object> tuple(Object value) {
    return value instanceof Tuple t ? t.items() : ((GroupedItems) value).tuple().items();
  }

  private static List<Object> concat(List<?> a, List<?> b) {
    Budget.makeItems((long) a.size() + b.size());
    var both = new ArrayList<Object>(a.size() + b.size());
    both.addAll(a);
    both.addAll(b);
    return both;
  }

  private static Object multiple(Object value, long count, Object counted) {
    return switch (value) {
      case String s -> Text.repeat(s, count);
      case Markup m -> new Markup(Text.repeat(m.text(), count));
      case Range r -> throw mismatch("*", value, counted);
      case List<?> list -> multiple(list, count);
      case Tuple t -> new Tuple(multiple(t.items(), count));
      case GroupedItems g -> new Tuple(multiple(g.tuple().items(), count));
      default -> throw mismatch("*", value, counted);
    };
  }

  private static List<Object> multiple(List<?> list, long count) {
    var items = new ArrayList<Object>();
    if (!list.isEmpty() && count > 0) {
      Budget.makeItems(
          Math.multiplyHigh(list.size(), count) != 0 ? -1 : Math.max(-1, list.size() * count));
      for (long i = 0; i < count; i++) {
        items.addAll(list);
      }
    }
    return items;
  }

  private static Object integers(String operator, Object left, Object right) {
    if (operator.equals("/")) {
      return quotient(left, right);
    }
    if (!(left instanceof BigInteger) && !(right instanceof BigInteger)) {
      long a = Python.integer(left);
      long b = Python.integer(right);
      long result =
          switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "//" -> b == 0 || b == -1 ? 0 : Math.floorDiv(a, b);
            case "%" -> b == 0 ? 0 : Math.floorMod(a, b);
            default -> 0;
          };
      boolean exact =
          switch (operator) {
            case "+" -> ((a ^ result) & (b ^ result)) >= 0;
            case "-" -> ((a ^ b) & (a ^ result)) >= 0;
            case "*" -> Math.multiplyHigh(a, b) == result >> 63;
            case "//" -> b != 0 && b != -1;
            case "%" -> b != 0;
            default -> false;
          };
      if (exact) {
        return result;
      }
    }
    BigInteger a = big(left);
    BigInteger b = big(right);
    return switch (operator) {
      case "+" -> normal(a.add(b));
      case "-" -> normal(a.subtract(b));
      case "*" -> normal(a.multiply(b));
      case "//" -> normal(floorDivide(a, b)[0]);
      case "%" -> normal(floorDivide(a, b)[1]);
      default -> power(a, b);
    };
  }

  private static BigInteger[] floorDivide(BigInteger a, BigInteger b) {
    if (b.signum() == 0) {
      throw divisionByZero();
    }
    BigInteger[] result = a.divideAndRemainder(b);
    if (result[1].signum() != 0 && result[1].signum() != b.signum()) {
      result[0] = result[0].subtract(BigInteger.ONE);
      result[1] = result[1].add(b);
    }
    return result;
  }

  private static TemplateException divisionByZero() {
    return new TemplateException("division by zero");
  }

  private static double quotient(Object left, Object right) {
    BigInteger a = big(left);
    BigInteger b = big(right);
    if (b.signum() == 0) {
      throw divisionByZero();
    }
    double result =
        a.bitLength() <= 53 && b.bitLength() <= 53
            ? a.doubleValue() / b.doubleValue()
            : new BigDecimal(a).divide(new BigDecimal(b), new MathContext(60)).doubleValue();
    if (Double.isInfinite(result)) {
      throw new TemplateException("the quotient is too large for a float");
    }
    return result;
  }

  private static Object power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      return floats("**", Python.real(normal(base)), Python.real(normal(exponent)));
    }
    if (base.bitLength() <= 1 && base.abs().bitLength() <= 1) {
      boolean even = !exponent.testBit(0);
      return exponent.signum() == 0 || base.signum() != 0 && even ? 1L : base.longValue();
    }
    if (exponent.bitLength() > 31
        || (long) (base.abs().bitLength() - 1) * exponent.longValue() > MAX_BITS) {
      throw tooLarge();
    }
    return normal(base.pow(exponent.intValue()));
  }

  private static Object floats(String operator, double a, double b) {
    return switch (operator) {
      case "+" -> a + b;
      case "-" -> a - b;
      case "*" -> a * b;
      case "**" -> power(a, b);
      default -> {
        if (b == 0) {
          throw divisionByZero();
        }
        yield switch (operator) {
          case "/" -> a / b;
          case "//" -> floorQuotient(a, b);
          default -> floorRemainder(a, b);
        };
      }
    };
  }

  private static double power(double a, double b) {
    if (a == 0 && b < 0) {
      throw new TemplateException("0 cannot be raised to the negative power " + b);
    }
    if (a < 0 && !Double.isInfinite(a) && !Double.isInfinite(b) && b != Math.rint(b)) {
      throw new TemplateException("a negative float to the power " + b + " is a complex number");
    }
    // Python's pow follows C: 1 to any power and anything to 0 is 1, and (-1) ** inf too.
    double result = a == 1 || a == -1 && Double.isInfinite(b) ? 1 : Math.pow(a, b);
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw new TemplateException(a + " ** " + b + " is too large for a float");
    }
    return result;
  }

  private static double floorRemainder(double a, double b) {
    double remainder = a % b;
    if (remainder == 0) {
      return Math.copySign(0, b);
    }
    return b < 0 != remainder < 0 ? remainder + b : remainder;
  }

  private static double floorQuotient(double a, double b) {
    double remainder = a % b;
    double quotient = (a - remainder) / b;
    if (remainder != 0 && b < 0 != remainder < 0) {
      quotient -= 1;
    }
    if (quotient == 0) {
      return Math.copySign(0, a / b);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  static Object negate(Object value) {
    return switch (value) {
      case Double d -> -d;
      case Undefined u -> throw u.error();
      default -> {
        if (!Python.isInteger(value)) {
          throw Python.wrong(value, "a number");
        }
        yield normal(big(value).negate());
      }
    };
  }

  static Object plus(Object value) {
    if (!Python.isNumber(value)) {
      throw Python.wrong(value, "a number");
    }
    return value instanceof Boolean b ? (Object) (b ? 1L : 0L) : value;
  }
}
