"""A sentence as a picture, for whoever looks at a page that could not be drawn or marked."""

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

HEIGHT, SIZE, EDGE = 64, 24, 16
INK, PAPER = "#7a2e00", "#fff3d6"


def with_notice(picture: Image.Image, sentence: str) -> Image.Image:
    """The picture with the sentence above it."""
    whole = Image.new("RGB", (picture.width, picture.height + HEIGHT), PAPER)
    whole.paste(picture, (0, HEIGHT))
    size = min(SIZE, max(picture.width // 24, 8))
    font = ImageFont.load_default(size)
    ImageDraw.Draw(whole).text((EDGE, (HEIGHT - size) / 2), sentence, fill=INK, font=font)
    return whole


def notice(sentence: str) -> bytes:
    """A PNG that holds nothing but the sentence."""
    png = BytesIO()
    with_notice(Image.new("RGB", (900, 1)), sentence).save(png, "PNG")
    return png.getvalue()
