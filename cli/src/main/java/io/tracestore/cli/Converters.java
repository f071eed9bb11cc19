package io.tracestore.cli;

import io.tracestore.view.TimeTexts;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Texts of the command line as values. */
final class Converters {
  private Converters() {}

  /** A duration as {@link TimeTexts#duration} takes it. */
  static Duration duration(String text) {
    return convert(text, TimeTexts::duration);
  }

  /** A time as {@link TimeTexts#instant} takes it. */
  static Instant instant(String text) {
    return convert(text, TimeTexts::instant);
  }

  private static <T> T convert(String text, Function<String, T> conversion) {
    try {
      return conversion.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(String.valueOf(e.getMessage()));
    }
  }

  /** A time up to which something is taken: a date alone includes that day. */
  static final class Until implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      return Converters.convert(text, TimeTexts::until);
    }
  }
}
