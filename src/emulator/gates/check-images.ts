import type { CatalogueModel } from '../catalogue/entry.ts'
import { errorText } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { namedError } from '../faults/named-errors.ts'
import type { World } from '../world.ts'
import { invalidBody } from './invalid-body.ts'

/** Images by the URLs they came as: the header they need, and what the model takes. */
export function checkImages(
  world: World,
  headers: Readonly<Record<string, string>>,
  model: CatalogueModel,
  urls: readonly string[],
): void {
  const announced = headers['copilot-vision-request']?.toLowerCase() === 'true'
  if (urls.length === 0) {
    if (announced && world.quirks.of(model).visionHeaderOnText === 'refused') {
      throw new Refusal('vision', namedError('too_many_vision_requests'))
    }
    return
  }
  if (!announced) {
    const text = 'bad request: missing required Copilot-Vision-Request header for vision requests'
    throw new Refusal('vision', errorText(400, text))
  }
  const { limits, supports } = model.entry.capabilities
  if (!supports.vision || !limits.vision) {
    throw invalidBody(`model ${model.entry.id} does not support image input`)
  }
  const { max_prompt_images: most, max_prompt_image_size: size } = limits.vision
  if (urls.length > most) {
    throw invalidBody(`too many images: ${urls.length} images exceed the limit of ${most}`)
  }
  for (const url of urls) {
    const data = /^data:([^;,]+)?(;base64)?,([\s\S]*)$/.exec(url)
    if (!data) {
      if (model.traits.manner === 'claude')
        throw invalidBody('external image URLs are not supported')
      continue
    }
    const type = data[1] ?? ''
    if (!limits.vision.supported_media_types.includes(type)) {
      throw invalidBody(`image media type ${type} is not supported`)
    }
    const bytes = Math.floor(((data[3]?.length ?? 0) * 3) / 4)
    if (bytes > size) throw invalidBody(`image size ${bytes} exceeds the limit of ${size} bytes`)
  }
}
