package io.tracestore.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.tracestore.spi.WriterOptions;
import io.tracestore.spring.TraceStoreProperties.Writer;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.configurationmetadata.ConfigurationMetadataProperty;
import org.springframework.boot.configurationmetadata.ConfigurationMetadataRepositoryJsonBuilder;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.ResolvableType;

/** The metadata of the properties, which editors read, agrees with the record that is bound. */
class MetadataTest {
  private Map<String, ConfigurationMetadataProperty> properties = Map.of();

  @BeforeEach
  void read() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(
            MetadataTest.class.getResourceAsStream(
                "/META-INF/spring-configuration-metadata.json"))) {
      properties = ConfigurationMetadataRepositoryJsonBuilder.create(in).build().getAllProperties();
    }
  }

  private static Map<String, String> types(String prefix, Class<?> type) {
    Map<String, String> types = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType() != Writer.class) {
        String kebab = component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
        types.put(
            prefix + kebab,
            component.getType() == Map.class
                ? "java.util.Map<java.lang.String,java.lang.String>"
                : ResolvableType.forClass(component.getType()).toString());
      }
    }
    return types;
  }

  @Test
  void every_property_is_described_with_its_type_and_nothing_else() {
    Map<String, String> expected = new HashMap<>(types("tracestore.", TraceStoreProperties.class));
    expected.putAll(types("tracestore.writer.", Writer.class));
    expected.put("management.health.tracestore.enabled", "java.lang.Boolean");

    Map<String, String> described = new HashMap<>();
    properties.forEach((name, property) -> described.put(name, property.getType()));

    assertThat(described).isEqualTo(expected);
  }

  @Test
  void every_description_is_a_sentence() {
    assertThat(properties.values())
        .extracting(ConfigurationMetadataProperty::getDescription)
        .allMatch(text -> text.matches("[A-Z].*\\."));
  }

  @Test
  void the_defaults_are_those_of_the_writer() {
    Map<String, Object> defaults = new HashMap<>();
    properties.forEach((name, property) -> {
      if (name.startsWith("tracestore.writer.")) {
        defaults.put(name, property.getDefaultValue());
      }
    });
    Writer writer =
        new Binder(new MapConfigurationPropertySource(defaults))
            .bind("tracestore.writer", Writer.class)
            .get();
    LoggingWriterListener listener = new LoggingWriterListener();

    assertThat(Stream.of(Writer.class.getRecordComponents()).map(each -> value(each, writer)))
        .doesNotContainNull();
    assertThat(writer.options(listener)).isEqualTo(WriterOptions.builder(listener).build());
  }

  private static Object value(RecordComponent component, Writer writer) {
    try {
      return component.getAccessor().invoke(writer);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
