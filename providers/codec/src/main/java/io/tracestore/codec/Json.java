package io.tracestore.codec;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.JsonValue;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/** Makes Jackson's parsers and generators with the bounds of the trace model. */
final class Json {
  private static final DefaultIndenter TWO_SPACES = new DefaultIndenter("  ", "\n");

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxStringLength(FlowTrace.MAX_TEXT_LENGTH)
                  .maxNameLength(FlowTrace.MAX_TEXT_LENGTH)
                  // The model refuses longer numbers and deeper values, field by field; these two
                  // only keep the parser itself within bounds.
                  .maxNumberLength(FlowTrace.MAX_TEXT_LENGTH)
                  .maxNestingDepth(2 * JsonValue.MAX_DEPTH)
                  .build())
          .streamWriteConstraints(
              StreamWriteConstraints.builder().maxNestingDepth(2 * JsonValue.MAX_DEPTH).build())
          // Names are data here (attributes, tags): a table of all that were seen has no bound.
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          // Read as a number that is then refused, so that reading goes on after it.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
          .rootValueSeparator("")
          .build();

  private static final ObjectWriteContext PRETTY =
      new ObjectWriteContext.Base() {
        @Override
        public PrettyPrinter getPrettyPrinter() {
          return new DefaultPrettyPrinter().withObjectIndenter(TWO_SPACES);
        }

        @Override
        public boolean hasPrettyPrinter() {
          return true;
        }
      };

  private Json() {}

  static JsonParser parser(InputStream utf8) {
    return FACTORY.createParser(ObjectReadContext.empty(), new Utf8Reader(utf8));
  }

  static JsonParser parser(String text) {
    return FACTORY.createParser(ObjectReadContext.empty(), text);
  }

  static JsonGenerator generator(OutputStream utf8, boolean pretty) {
    ObjectWriteContext context = pretty ? PRETTY : ObjectWriteContext.empty();
    return FACTORY.createGenerator(context, utf8, JsonEncoding.UTF8);
  }

  static JsonGenerator generator(Writer text) {
    return FACTORY.createGenerator(ObjectWriteContext.empty(), text);
  }
}
